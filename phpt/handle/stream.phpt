--TEST--
The handle is one stream a run, readable and at its end once the worker has to stop
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/handle-stream/workers.ini
default_socket_timeout=1
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => <<<'PHP'
    use function BgWorkers\{get_worker_handle, set_vars, should_stop};
    $handle = get_worker_handle();
    $same = get_worker_handle() === $handle;
    fclose($handle);
    $fresh = get_worker_handle();
    set_vars(['same' => $same, 'fresh' => is_resource($fresh), 'select' => (function () use ($fresh) {
        $r = [$fresh]; $n = null;
        return stream_select($r, $n, $n, 0);
    })(), 'feof' => feof($fresh), 'stop' => should_stop(), 'type' => get_resource_type($fresh)]);
    $start = microtime(true);
    $line = fgets($fresh);                       // longer than default_socket_timeout
    $r = [$fresh]; $n = null;
    @file_put_contents(__DIR__ . '/result.txt', json_encode([$line, feof($fresh), should_stop(), should_stop(1000),
        stream_select($r, $n, $n, 10), fgets(get_worker_handle()), microtime(true) - $start > 1.4]));
    PHP]);
print_r(BgWorkers\get_vars('w'));
[$exit, $out] = run_php('BgWorkers\get_vars("w"); usleep(1500000); echo "end\n";', ['bgworkers.config' => temp_path('workers.ini')]);
echo $out, $exit, "\n", file_get_contents(temp_path('result.txt')), "\n";
?>
--EXPECT--
Array
(
    [same] => 1
    [fresh] => 1
    [select] => 0
    [feof] => 
    [stop] => 
    [type] => stream
)
end
0
[false,true,true,true,1,false,true]
