--TEST--
A child that was forked before any worker started has workers of its own
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/before_any_worker.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};
require __DIR__ . '/../helpers.inc';

if (in_worker()) {
    set_vars(['pid' => getmypid()]);
    should_stop(INF);
    return;
}
$pids = [];
for ($i = 0; $i < 3; ++$i) {
    if (($pid = pcntl_fork()) === 0) {
        exit(get_vars('w')['pid'] === getmypid() ? 40 + $i : 1);
    }
    $pids[] = $pid;
}
var_dump(get_vars('w')['pid'] === getmypid());
foreach ($pids as $pid) {
    pcntl_waitpid($pid, $status);
    var_dump(pcntl_wifexited($status) ? pcntl_wexitstatus($status) : 'signal ' . pcntl_wtermsig($status));
}
?>
--EXPECT--
bool(true)
int(40)
int(41)
int(42)
