--TEST--
The reader's own time limit ends its wait, where the engine has timers per thread
--EXTENSIONS--
bgworkers
--SKIPIF--
<?php if (PHP_VERSION_ID < 80300) die('skip needs timers per thread'); ?>
--INI--
bgworkers.config={TMP}/bgworkers-phpt/get_vars-time_limit_ends_a_wait/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['never' => 'live();']);
set_time_limit(1);
register_shutdown_function(fn () => print("shutdown\n"));
BgWorkers\get_vars('never', 60);
echo "not reached\n";
?>
--EXPECTF--
Fatal error: Maximum execution time of 1 second exceeded in %s on line %d
shutdown
