--TEST--
A string of a result is a key of an array, whatever the result's size
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/tasks-strings_of_results_are_keys/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => ['code' => 'while ($task = BgWorkers\receive_task()) { $task->finish(["x" => str_repeat("x", $task->payload["length"]), "n" => [1]]); }', 'max_task_size' => '4M']]);
use function BgWorkers\send_task;

// Some 4 KiB are where results begin to be read in place, the first eight of them: their strings have to know their hash.
$found = 0;
foreach ([2, 3, 100, ...range(3000, 4200)] as $length) {
    $result = send_task('w', ['length' => $length])->await();
    $keys = [$result['x'] => $length];
    $keys += [$result['x'] . 'y' => 0];
    $found += ($keys[str_repeat('x', $length)] ?? 0) === $length ? 1 : 0;
    $result['n'][] = 2;     // a copy or not, it is the caller's
}
echo "$found keys found\n";
?>
--EXPECT--
1204 keys found
