--TEST--
Small results are copies, and leave the eight places to large ones
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/tasks-small_results_are_copies/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => ['code' => 'while ($task = BgWorkers\receive_task()) { $task->finish(["x" => str_repeat("x", $task->payload["length"]), "n" => [1]]); }', 'max_task_size' => '4M']]);
use function BgWorkers\send_task;

$small = [];
for ($i = 0; $i < 20; $i++) {
    $small[] = send_task('w', ['length' => 1000])->await();
}
$large = [];
for ($i = 0; $i < 9; $i++) {
    $before = memory_get_usage();
    $large[] = send_task('w', ['length' => 1000000])->await();
    echo memory_get_usage() - $before > 900000 ? 'a copy' : 'no copy', "\n";
}
var_dump($small[0] === $small[19], $small[0]['x'] === str_repeat('x', 1000));
?>
--EXPECT--
no copy
no copy
no copy
no copy
no copy
no copy
no copy
no copy
a copy
bool(true)
bool(true)
