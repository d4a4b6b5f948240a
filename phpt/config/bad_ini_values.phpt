--TEST--
A bad value leaves the default
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/config-bad_ini_values/workers.ini
bgworkers.max_threads=0
bgworkers.shutdown_grace=-1
bgworkers.stuck_limit=often
bgworkers.log_level=loud
bgworkers.max_snapshot_size=-1
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
foreach (['max_threads', 'shutdown_grace', 'log_level', 'max_snapshot_size'] as $name) {
    echo $name, '=', ini_get("bgworkers.$name"), "\n";
}
?>
--EXPECT--
max_threads=64
shutdown_grace=5
log_level=notice
max_snapshot_size=64M
