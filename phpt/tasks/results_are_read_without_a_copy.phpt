--TEST--
Eight results a request are read without a copy, further ones are copies
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/tasks-results_are_read_without_a_copy/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => ['code' => 'while ($task = BgWorkers\receive_task()) { $task->finish(["x" => str_repeat("x", 1000000), "n" => range(1, 10)]); }', 'max_task_size' => '4M']]);
use function BgWorkers\send_task;
$kept = [];
for ($i = 1; $i <= 10; $i++) {
    $before = memory_get_usage();
    $result = send_task('w')->await();
    $kept[] = $result;
    echo memory_get_usage() - $before > 900000 ? 'a copy' : 'no copy', "\n";
}
$kept[0]['n'][] = 11;       // a copy of its own
unset($kept[1]);
var_dump(strlen($kept[9]['x']), count($kept[0]['n']), count($kept[2]['n']), $kept[2] === $kept[9]);
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
a copy
int(1000000)
int(11)
int(10)
bool(true)
