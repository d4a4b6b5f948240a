--TEST--
What a run leaves behind when it is killed does not reach the next
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/leftovers-by_a_kill/workers.ini
bgworkers.log_level=error
error_log={TMP}/bgworkers-phpt-leftovers-by_a_kill.log
--FILE--
<?php
require __DIR__ . '/leftovers.inc';

nothing_is_left_behind(function () { while (true); }, kill: true);
?>
--CLEAN--
<?php @unlink(sys_get_temp_dir() . '/bgworkers-phpt-leftovers-by_a_kill.log'); ?>
--EXPECT--
all done
