--TEST--
What a run leaves behind by a fatal error does not reach the next
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/leftovers-by_a_fatal_error/workers.ini
bgworkers.log_level=error
error_log={TMP}/bgworkers-phpt-leftovers-by_a_fatal_error.log
--FILE--
<?php
require __DIR__ . '/leftovers.inc';

nothing_is_left_behind(fn() => eval('class Twice { abstract function f(); }'));
?>
--CLEAN--
<?php @unlink(sys_get_temp_dir() . '/bgworkers-phpt-leftovers-by_a_fatal_error.log'); ?>
--EXPECT--
all done
