--TEST--
The time limit of a request ends its wait for a task, and the task goes on
--EXTENSIONS--
bgworkers
--SKIPIF--
<?php if (PHP_VERSION_ID < 80300) die('skip needs timers per thread'); ?>
--INI--
bgworkers.config={TMP}/bgworkers-phpt/tasks-a_time_limit_ends_a_wait/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => 'while ($task = BgWorkers\receive_task()) { usleep(1500000); $task->finish(); }']);
set_time_limit(1);
register_shutdown_function(function () {
    set_time_limit(30);
    wait_until(fn() => BgWorkers\status()['w']['tasks']['done'] === 1);
    echo 'done: ', BgWorkers\status()['w']['tasks']['sent'], "\n";
});
BgWorkers\send_task('w')->await();
echo "not reached\n";
?>
--EXPECTF--
Fatal error: Maximum execution time of 1 second exceeded in %s on line %d
done: 1
