--TEST--
A payload that the worker cannot read fails its task, and the worker may go on
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/tasks-an_enum_that_the_worker_does_not_know/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
enum OfTheRequest { case A; }
workers(['w' => 'for (;;) { try { $task = BgWorkers\receive_task(); } catch (LogicException $e) { continue; } if (!$task) { break; } $task->finish(["fine"]); }']);
use function BgWorkers\send_task;
echo thrown(fn() => send_task('w', ['suit' => OfTheRequest::A])->await()), "\n";
print_r(send_task('w')->await());
?>
--EXPECT--
BgWorkers\TaskException: The snapshot holds OfTheRequest::A, but that class does not exist here
Array
(
    [0] => fine
)
