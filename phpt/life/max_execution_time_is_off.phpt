--TEST--
The process's max_execution_time does not end a worker, nor a wait of one
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/max_execution_time_is_off.php
max_execution_time=1
max_input_time=1
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, get_worker_handle, set_vars, should_stop, status};
require __DIR__ . '/../helpers.inc';

set_time_limit(0);
if (in_worker()) {
    set_vars(['limit' => ini_get('max_execution_time')]);
    if ($argv[1] === 'busy') {
        for ($end = microtime(true) + 1.6; microtime(true) < $end;);
    } elseif ($argv[1] === 'sleeps') {
        usleep(1600000);
    } else {
        $read = [get_worker_handle()];
        stream_select($read, $write, $except, 1, 600000);
        should_stop(0.1);
    }
    set_vars(['alive' => true, 'runs' => status()[$argv[1]]['runs']]);
    should_stop(INF);
    return;
}
$names = ['busy', 'sleeps', 'waits'];
get_vars($names);
foreach ($names as $name) {
    wait_until(fn() => get_vars($name)['alive'] ?? null);
    echo $name, ' ', get_vars($name)['runs'], "\n";
}
?>
--EXPECT--
busy 1
sleeps 1
waits 1
