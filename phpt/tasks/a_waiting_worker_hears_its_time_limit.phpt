--TEST--
A worker's own time limit ends its wait for a task, also one that a signal handler sets while it waits
--EXTENSIONS--
bgworkers
pcntl
--SKIPIF--
<?php if (PHP_VERSION_ID < 80300) die('skip needs timers per thread'); ?>
--INI--
bgworkers.config={TMP}/bgworkers-phpt/tasks-a_waiting_worker_hears_its_time_limit/workers.ini
bgworkers.log_level=error
error_log=/dev/null
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['before' => 'BgWorkers\set_vars([]); set_time_limit(1); BgWorkers\receive_task();',
    'meanwhile' => 'pcntl_async_signals(true); pcntl_signal(SIGALRM, fn () => set_time_limit(1)); pcntl_alarm(1);
        BgWorkers\set_vars([]); BgWorkers\receive_task();']);
use function BgWorkers\{get_vars, status};
get_vars(['before', 'meanwhile']);
foreach (['before', 'meanwhile'] as $name) {
    wait_until(fn() => status()[$name]['crashes'] >= 1);
    echo $name, ': ', status()[$name]['last_error'], "\n";
}
?>
--EXPECTF--
before: %AMaximum execution time of 1 second exceeded%A
meanwhile: %AMaximum execution time of 1 second exceeded%A
