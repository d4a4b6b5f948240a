--TEST--
A kill ends a run wherever it hangs, and no code of it runs afterwards: what it leaves behind would take 13 ms
--EXTENSIONS--
bgworkers
pcntl
posix
--INI--
bgworkers.entrypoint={PWD}/kill.inc
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/kill.inc';
run_kill_scenarios('13 ms');
?>
--EXPECT--
done
