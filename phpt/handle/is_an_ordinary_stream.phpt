--TEST--
The handle behaves as a stream: nothing to read until the stop, closed and opened again as often as one likes
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/is_an_ordinary_stream.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_worker_handle, should_stop};
require __DIR__ . '/../helpers.inc';

print_in_worker(function () {
    $handle = get_worker_handle();
    $meta = stream_get_meta_data($handle);
    var_dump(get_resource_type($handle), $meta['eof'], $meta['timed_out'], $meta['blocked']);
    var_dump(feof($handle), get_worker_handle() === $handle);
    stream_set_blocking($handle, false);
    var_dump(fread($handle, 10), feof($handle));
    stream_set_blocking($handle, true);
    $descriptors = count(scandir('/proc/self/fd'));
    for ($i = 0; $i < 500; ++$i) {
        $old = get_worker_handle();
        fclose($old);
    }
    var_dump(count(scandir('/proc/self/fd')) <= $descriptors, is_resource(get_worker_handle()), is_resource($handle));
    $read = [get_worker_handle()];
    $none = null;
    var_dump(stream_select($read, $none, $none, 0, 1000), should_stop());
    @fwrite(get_worker_handle(), "noise\n");
    var_dump(should_stop(0.01));
    $read = [get_worker_handle()];
    var_dump(stream_select($read, $none, $none, 0, 1000));
    unset($handle, $old, $read);
    gc_collect_cycles();
    var_dump(get_worker_handle() === get_worker_handle());
});
?>
--EXPECT--
string(6) "stream"
bool(false)
bool(false)
bool(true)
bool(false)
bool(true)
string(0) ""
bool(false)
bool(true)
bool(true)
bool(false)
int(0)
bool(false)
bool(false)
int(0)
bool(true)
