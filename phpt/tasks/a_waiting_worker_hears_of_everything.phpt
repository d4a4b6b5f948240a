--TEST--
A worker that waits for a task hears of the stop, its signals and its own time limit at once
--EXTENSIONS--
bgworkers
pcntl
posix
--INI--
bgworkers.config={TMP}/bgworkers-phpt/tasks-a_waiting_worker_hears_of_everything/workers.ini
bgworkers.log_level=error
error_log=/dev/null
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['stop' => ['code' => 'BgWorkers\set_vars([]); var_dump(BgWorkers\receive_task(INF)); file_put_contents(__DIR__ . "/stopped", "x"); exit(0);', 'watch[]' => 'watched'],
    'alarm' => 'pcntl_async_signals(true); pcntl_signal(SIGALRM, function () { file_put_contents(__DIR__ . "/rang", microtime(true)); }); pcntl_alarm(1);
        $start = microtime(true); BgWorkers\set_vars([]); BgWorkers\receive_task(3);
        BgWorkers\set_vars(["rang" => (float) file_get_contents(__DIR__ . "/rang") - $start, "over" => microtime(true) - $start]); live();',
    'kill' => 'pcntl_async_signals(true); pcntl_signal(SIGALRM, function () { posix_kill(getmypid(), SIGKILL); }); pcntl_alarm(1); BgWorkers\set_vars([]); BgWorkers\receive_task();']);
use function BgWorkers\{get_vars, status};
write_file('watched', '');
get_vars(['stop', 'alarm', 'kill']);
usleep(200000);
write_file('watched', 'x');
$start = microtime(true);
wait_until(fn() => is_file(temp_path('stopped')));
var_dump(microtime(true) - $start < 2);
$vars = wait_until(fn() => get_vars('alarm'));
var_dump($vars['rang'] < 2, $vars['over'] >= 3);
wait_until(fn() => status()['kill']['crashes'] >= 1);
var_dump(status()['kill']['last_exit_status']);
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
int(137)
