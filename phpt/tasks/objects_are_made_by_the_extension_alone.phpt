--TEST--
Task and ReceivedTask cannot be made, cloned, serialized or extended by scripts
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/tasks-objects_are_made_by_the_extension_alone/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => 'while ($task = BgWorkers\receive_task()) {
    $said = [];
    foreach ([fn() => clone $task, fn() => serialize($task), function () use ($task) { $task->payload = []; },
        function () use ($task) { $task->other = 1; }, fn() => new BgWorkers\ReceivedTask] as $call) {
        try { $call(); $said[] = "nothing"; } catch (Throwable $e) { $said[] = $e->getMessage(); }
    }
    $task->finish($said);
}']);
$task = BgWorkers\send_task('w');
foreach ([fn() => clone $task, fn() => serialize($task), fn() => new BgWorkers\Task,
    fn() => (new ReflectionClass('BgWorkers\Task'))->newInstanceWithoutConstructor(),
    fn() => unserialize('O:14:"BgWorkers\Task":0:{}')] as $call) {
    echo thrown($call), "\n";
}
foreach ($task->await() as $said) {
    echo $said, "\n";
}
var_dump((new ReflectionClass('BgWorkers\ReceivedTask'))->isFinal());
?>
--EXPECTF--
Error: Trying to clone an uncloneable object of class BgWorkers\Task
Exception: Serialization of 'BgWorkers\Task' is not allowed
Error: Call to private BgWorkers\Task::__construct() from global scope
ReflectionException: Class BgWorkers\Task is an internal class marked as final that cannot be instantiated without invoking its constructor
Exception: Unserialization of 'BgWorkers\Task' is not allowed
Trying to clone an uncloneable object of class BgWorkers\ReceivedTask
Serialization of 'BgWorkers\ReceivedTask' is not allowed
Cannot modify readonly property BgWorkers\ReceivedTask::$payload
Cannot create dynamic property BgWorkers\ReceivedTask::$other
Call to private BgWorkers\ReceivedTask::__construct() from global scope
bool(true)
