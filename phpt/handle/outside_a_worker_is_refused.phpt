--TEST--
get_worker_handle() and should_stop() outside a run of a worker throw
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/outside_a_worker_is_refused.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, get_worker_handle, set_vars, should_stop};
require __DIR__ . '/../helpers.inc';

if (in_worker()) {
    set_vars([]);
    should_stop(INF);
    return;
}
get_vars('w');
echo substr(thrown(fn() => get_worker_handle()), 0, 89), "\n", substr(thrown(fn() => should_stop()), 0, 83), "\n";
echo substr(thrown(fn() => should_stop(-1)), 0, 16), "\n";
?>
--EXPECT--
RuntimeException: BgWorkers\get_worker_handle() can be called in a background worker only
RuntimeException: BgWorkers\should_stop() can be called in a background worker only
RuntimeException
