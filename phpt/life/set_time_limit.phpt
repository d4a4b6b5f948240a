--TEST--
set_time_limit() works in a worker where timers belong to threads, and is a no-op with a notice elsewhere
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/set_time_limit.php
error_log={PWD}/time_limit.log
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop, status};
require __DIR__ . '/../helpers.inc';

if (in_worker()) {
    set_error_handler(function (int $type, string $message) {
        set_vars(['notice' => $message, 'type' => $type === E_NOTICE]);
        should_stop(INF);
        exit;
    });
    if (is_file(temp_path('ran'))) {
        set_vars(['ran' => 'twice']);
        should_stop(INF);
        exit;
    }
    touch(temp_path('ran'));
    set_time_limit(1);
    while (true);
}
$vars = get_vars('w');
var_dump(match ($vars) {
    ['ran' => 'twice'] => (bool) preg_match('/^Maximum execution time of 1 second exceeded in .*:\d+$/', status()['w']['last_error']),
    default => $vars === ['notice' => 'A time limit has no effect in a background worker: this PHP is built without execution timers per thread', 'type' => true],
});
?>
--CLEAN--
<?php @unlink(__DIR__ . '/time_limit.log'); ?>
--EXPECT--
bool(true)
