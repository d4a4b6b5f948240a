--TEST--
A worker runs with OPcache off for its thread, opcache=1 opts in with a warning in the log; the caller keeps it
--EXTENSIONS--
bgworkers
opcache
--INI--
opcache.enable=1
opcache.enable_cli=1
bgworkers.config={PWD}/a_worker_runs_without_it.ini
error_log={PWD}/without.log
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};
require __DIR__ . '/../helpers.inc';

if (in_worker()) {
    set_vars(['enabled' => opcache_get_status(false)['opcache_enabled'] ?? false, 'ini' => ini_get('opcache.enable'),
        'set' => @ini_set('opcache.enable', '1'), 'still' => opcache_get_status(false)['opcache_enabled'] ?? false,
        'reset' => opcache_reset()]);
    should_stop(INF);
    return;
}
foreach (get_vars(['off', 'on']) as $name => $vars) {
    echo $name, ': ', json_encode(array_diff_key($vars, ['set' => 1])), "\n";
}
var_dump(opcache_get_status(false)['opcache_enabled'], opcache_is_script_cached(__FILE__));
foreach (log_lines('opcache_risk') as $line) {
    echo substr($line, 0, 74), "\n";
}
?>
--CLEAN--
<?php @unlink(__DIR__ . '/without.log'); ?>
--EXPECT--
off: {"enabled":false,"ini":"0","still":false,"reset":false}
on: {"enabled":true,"ini":"1","still":true,"reset":false}
bool(true)
bool(true)
bgworkers: level=warning worker=on event=opcache_risk why="opcache=1: safe
