--TEST--
A worker that shuts its handle down, or writes to it, spoils no later handle and no wait
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/a_shut_down_handle_harms_nobody.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_worker_handle, should_stop};
require __DIR__ . '/../helpers.inc';

function seconds_of_cpu(): float
{
    $used = getrusage();
    return $used['ru_utime.tv_sec'] + $used['ru_stime.tv_sec'] + ($used['ru_utime.tv_usec'] + $used['ru_stime.tv_usec']) / 1e6;
}

function is_readable_now($stream): bool
{
    $read = [$stream];
    $none = null;
    return stream_select($read, $none, $none, 0) === 1;
}

print_in_worker(function () {
    $handle = get_worker_handle();
    foreach ([STREAM_SHUT_RD, STREAM_SHUT_WR, STREAM_SHUT_RDWR] as $how) {
        var_dump(stream_socket_shutdown($handle, $how));
    }
    var_dump(strlen(str_repeat('x', 1 << 20)) === fwrite($handle, str_repeat('x', 1 << 20)));
    var_dump(is_readable_now($handle));
    fclose($handle);
    var_dump(is_readable_now(get_worker_handle()));
    if (function_exists('socket_import_stream')) {
        socket_shutdown(socket_import_stream(get_worker_handle()));
    }
    $before = seconds_of_cpu();
    $began = microtime(true);
    var_dump(should_stop(1.0));
    var_dump(microtime(true) - $began > 0.95, seconds_of_cpu() - $before < 0.4);
});
?>
--EXPECT--
bool(false)
bool(false)
bool(false)
bool(true)
bool(false)
bool(false)
bool(false)
bool(true)
bool(true)
