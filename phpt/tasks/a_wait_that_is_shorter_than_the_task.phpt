--TEST--
await() with a time of its own gives up the wait, not the task
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/tasks-a_wait_that_is_shorter_than_the_task/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => 'while ($task = BgWorkers\receive_task()) { while (!is_file(__DIR__ . "/flag-go")) { usleep(1000); } $task->finish([1]); }']);
$task = BgWorkers\send_task('w');
echo thrown(fn() => $task->await(0)), "\n";
echo thrown(fn() => $task->await(0.05)), "\n";
var_dump($task->isDone());
raise_flag('go');
print_r($task->await());
var_dump($task->isDone());
?>
--EXPECT--
BgWorkers\TimeoutException: worker "w" has not finished the task after 0 s; it goes on
BgWorkers\TimeoutException: worker "w" has not finished the task after 0.05 s; it goes on
bool(false)
Array
(
    [0] => 1
)
bool(true)
