--TEST--
An exception that leaves the script with a task open fails the task with it, and the run is a crash
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/tasks-an_exception_that_leaves_the_script/workers.ini
bgworkers.log_level=error
error_log=/dev/null
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['main' => '$task = BgWorkers\receive_task();
throw new LogicException("thrown at the top");',
'function' => 'function work() { $task = BgWorkers\receive_task();
throw new LogicException("thrown in a function"); }
work();',
'handler' => 'set_exception_handler(function ($e) { exit(9); }); $task = BgWorkers\receive_task();
throw new LogicException("to a handler");']);
foreach (['main', 'function', 'handler'] as $name) {
    try {
        BgWorkers\send_task($name)->await();
    } catch (BgWorkers\TaskException $e) {
        echo $e->getErrorClass(), ': ', $e->getMessage(), ' at ', basename($e->getErrorFile()), ':', $e->getErrorLine(), "\n";
    }
    wait_until(fn() => BgWorkers\status()[$name]['crashes'] === 1);
    echo BgWorkers\status()[$name]['tasks']['failed'], "\n";
}
?>
--EXPECT--
LogicException: thrown at the top at worker-main.php:4
1
LogicException: thrown in a function at worker-function.php:4
1
LogicException: to a handler at worker-handler.php:4
1
