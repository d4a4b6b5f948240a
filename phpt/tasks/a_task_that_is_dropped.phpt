--TEST--
A ReceivedTask that is dropped unfinished fails its task, and the run goes on
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/tasks-a_task_that_is_dropped/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => 'while ($task = BgWorkers\receive_task()) {
    if ($task->payload === ["catch"]) {
        try { (function () { $task = BgWorkers\receive_task(); throw new OutOfRangeException("caught"); })(); } catch (OutOfRangeException) {}
    } elseif ($task->payload === ["unset"]) {
        unset($task);
    } elseif ($task->payload !== ["next"]) {
        $task->finish();
    }
}']);
use function BgWorkers\send_task;
echo thrown(fn() => send_task('w', ['unset'])->await()), "\n";
$next = send_task('w', ['next']);
send_task('w', ['fine'])->await();      // asking for it has ended the one before
echo thrown(fn() => $next->await()), "\n";
$catch = send_task('w', ['catch']);
echo thrown(fn() => send_task('w', ['x'])->await()), "\n";
echo thrown(fn() => $catch->await()), "\n";
send_task('w', ['fine'])->await();
var_dump(BgWorkers\status()['w']['runs'], BgWorkers\status()['w']['tasks']['failed']);
?>
--EXPECT--
BgWorkers\TaskException: the task was not finished
BgWorkers\TaskException: the task was not finished
BgWorkers\TaskException: caught
BgWorkers\TaskException: the task was not finished
int(1)
int(4)
