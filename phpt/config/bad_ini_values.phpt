--TEST--
A bad value leaves the default and is told
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
foreach (['max_threads', 'shutdown_grace', 'stuck_limit', 'log_level', 'max_snapshot_size'] as $name) {
    echo $name, '=', ini_get("bgworkers.$name"), "\n";
}
?>
--EXPECT--
Warning: Invalid "bgworkers.shutdown_grace" setting. It must be a number of seconds from 0 to 1000000, "-1" given in Unknown on line 0

Warning: Invalid "bgworkers.max_snapshot_size" setting. It must be a number of bytes, such as 512K, 64M or 1G, or 0 for no limit, "-1" given in Unknown on line 0

Warning: Invalid "bgworkers.max_threads" setting. It must be a whole number from 1 to 100000, "0" given in Unknown on line 0

Warning: Invalid "bgworkers.stuck_limit" setting. It must be a number of seconds from 0 to 1000000, "often" given in Unknown on line 0

Warning: Invalid "bgworkers.log_level" setting. It must be debug, info, notice, warning or error, "loud" given in Unknown on line 0
max_threads=64
shutdown_grace=5
stuck_limit=60
log_level=notice
max_snapshot_size=64M
