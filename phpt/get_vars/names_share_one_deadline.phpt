--TEST--
Several names are all started, then awaited under one deadline
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/names_share_one_deadline.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, should_stop, status};
require __DIR__ . '/../helpers.inc';

if (in_worker()) {
    should_stop(INF);
    return;
}
$began = microtime(true);
echo preg_replace('/".*?"/', '"?"', substr(thrown(fn() => get_vars(['a', 'b', 'c', 'd'], 0.4)), 0, 75)), "\n";
$seconds = microtime(true) - $began;
var_dump($seconds >= 0.4 && $seconds < 1.2 ?: $seconds, array_sum(array_column(status(), 'runs')));
?>
--EXPECTF--
BgWorkers\TimeoutException: worker "?" is not ready after 0.4 s: 1 attempt%S
bool(true)
int(4)
