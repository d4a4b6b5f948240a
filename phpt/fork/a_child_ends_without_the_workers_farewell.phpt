--TEST--
A forked child does not stop the parent's workers, nor wait for them
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/a_child_ends_without_the_workers_farewell.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop, status};
require __DIR__ . '/../helpers.inc';

if (in_worker()) {
    set_vars([]);
    should_stop(INF);
    sleep(1);
    return;
}
get_vars('w');
$began = microtime(true);
if (($pid = pcntl_fork()) === 0) {
    exit(5);
}
pcntl_waitpid($pid, $status);
var_dump(pcntl_wexitstatus($status), microtime(true) - $began < 0.9, status()['w']['state']);
?>
--EXPECT--
int(5)
bool(true)
string(7) "running"
