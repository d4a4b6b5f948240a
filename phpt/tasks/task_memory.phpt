--TEST--
bgworkers.task_memory is a full queue for senders, and an exception for a worker that finishes
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/tasks-task_memory/workers.ini
bgworkers.log_level=error
bgworkers.task_memory=1M
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => 'while ($task = BgWorkers\receive_task()) {
    try { $task->finish(["x" => str_repeat("x", 300000)]); } catch (RuntimeException $e) { $task->fail($e); } }',
    'idle' => 'BgWorkers\should_stop(INF);']);
use function BgWorkers\{post_task, send_task, status};
post_task('idle', ['x' => str_repeat('x', 800000)]);
echo thrown(fn() => post_task('idle', ['x' => str_repeat('x', 300000)], 0.1)), "\n";
echo thrown(fn() => send_task('w')->await()), "\n";
?>
--EXPECTF--
BgWorkers\TimeoutException: worker "idle": no room for the task after 0.1 s: tasks hold %d of 1048576 bytes (bgworkers.task_memory)
BgWorkers\TaskException: cannot finish the task with %d bytes: the tasks of this process hold all of bgworkers.task_memory (1048576 bytes)
