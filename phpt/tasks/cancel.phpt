--TEST--
cancel() takes a task out of the queue, and tells the worker of one that runs; nothing is killed
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/tasks-cancel/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => '$seen = []; while ($task = BgWorkers\receive_task()) {
    $seen[] = $task->payload[0];
    while ($task->payload[0] === "running" && !$task->isCancelled()) { usleep(1000); }
    $task->finish($seen);
}']);
use function BgWorkers\{send_task, status};
$running = send_task('w', ['running']);
wait_until(fn() => status()['w']['busy'] === 1);
$queued = send_task('w', ['queued']);
$last = send_task('w', ['last']);
$queued->cancel();
$queued->cancel();
echo thrown(fn() => $queued->await()), "\n";
var_dump(status()['w']['queued']);
$running->cancel();
echo thrown(fn() => $running->await()), "\n";
print_r($last->await());
$last->cancel();
print_r($last->await());
var_dump(status()['w']['runs'], status()['w']['tasks']['cancelled']);
?>
--EXPECT--
BgWorkers\TaskException: the task was cancelled
int(1)
BgWorkers\TaskException: the task was cancelled
Array
(
    [0] => running
    [1] => last
)
Array
(
    [0] => running
    [1] => last
)
int(1)
int(2)
