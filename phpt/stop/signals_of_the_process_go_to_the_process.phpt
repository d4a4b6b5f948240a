--TEST--
Signals reach the script's handlers, never a worker; SIGTERM without a handler ends the process
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/signals_of_the_process_go_to_the_process.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};
require __DIR__ . '/../helpers.inc';

if (in_worker()) {
    preg_match('/^SigBlk:\s*(\w+)/m', file_get_contents('/proc/thread-self/status'), $match);
    $blocked = array_filter(range(1, 31), fn($signal) => hexdec(substr($match[1], -8)) >> ($signal - 1) & 1);
    set_vars(['not blocked' => array_values(array_diff(range(1, 31), $blocked))]);
    while (!should_stop(0.01)) {
        usleep(10);
    }
    return;
}
echo json_encode(get_vars('w')), "\n";
get_vars(['a', 'b', 'c']);
pcntl_async_signals(true);
$count = 0;
pcntl_signal(SIGUSR1, function () use (&$count) { ++$count; });
for ($i = 1; $i <= 100; ++$i) {
    posix_kill(getmypid(), SIGUSR1);
    wait_until(fn() => $count === $i);
}
echo $count, "\n";
write_file('w.php', '<?php BgWorkers\set_vars([]); BgWorkers\should_stop(INF);');
echo run_php('BgWorkers\get_vars("w"); posix_kill(getmypid(), SIGTERM); sleep(10);', ['bgworkers.entrypoint' => temp_path('w.php')])[0], "\n";
?>
--EXPECT--
{"not blocked":[4,5,6,7,8,9,11,19,31]}
100
signal 15
