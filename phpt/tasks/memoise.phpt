--TEST--
A catch-all computes once for each key, and anew when it is told to
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/tasks-memoise/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['*' => 'function compute($key) { file_put_contents(__DIR__ . "/computed", "$key\n", FILE_APPEND); usleep(50000); return strrev($key); }
BgWorkers\set_vars(["value" => compute($_SERVER["BGWORKERS_NAME"])]);
while ($task = BgWorkers\receive_task()) {
    BgWorkers\set_vars(["value" => compute($_SERVER["BGWORKERS_NAME"])]);
    $task->finish();
}']);
use function BgWorkers\{get_vars, post_task, status};
echo get_vars('abc')['value'], get_vars('abc')['value'], get_vars('xyz')['value'], "\n";
post_task('abc');
wait_until(fn() => status()['abc']['tasks']['done'] === 1);
echo file_get_contents(temp_path('computed'));
?>
--EXPECT--
cbacbazyx
abc
xyz
abc
