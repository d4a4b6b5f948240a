--TEST--
set_time_limit() works in a worker where timers belong to threads, and is a no-op with a notice elsewhere
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/set_time_limit.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop, status};
require __DIR__ . '/../helpers.inc';

if (in_worker()) {
    set_error_handler(function (int $type, string $message) {
        set_vars(['notice' => $message, 'type' => $type]);
        should_stop(INF);
        exit;
    });
    set_time_limit(1);
    if (is_file(temp_path('ran'))) {
        set_vars(['ran' => 'twice']);
        should_stop(INF);
        exit;
    }
    touch(temp_path('ran'));
    while (true);
}
$vars = get_vars('w');
echo json_encode($vars), ' ', status()['w']['last_error'] ?? '', "\n";
?>
--EXPECTREGEX--
(bgworkers: \[w\] PHP Fatal error:  Maximum execution time of 1 second exceeded in .*
(bgworkers: \[w\] .*\n)*)?(\{"ran":"twice"\} Maximum execution time of 1 second exceeded in .*:\d+|\{"notice":"A time limit has no effect in a background worker: this PHP is built without execution timers per thread","type":8\} )
