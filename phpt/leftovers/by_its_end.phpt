--TEST--
What a run leaves behind at its end does not reach the next
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/leftovers-by_its_end/workers.ini
bgworkers.log_level=error
error_log={TMP}/bgworkers-phpt-leftovers-by_its_end.log
--FILE--
<?php
require __DIR__ . '/leftovers.inc';

nothing_is_left_behind(null);
?>
--CLEAN--
<?php @unlink(sys_get_temp_dir() . '/bgworkers-phpt-leftovers-by_its_end.log'); ?>
--EXPECT--
all done
