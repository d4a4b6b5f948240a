--TEST--
A worker that has to stop gets SIGTERM once, or SIGINT or SIGQUIT if only those have a handler, now or as soon as one is installed
--EXTENSIONS--
bgworkers
pcntl
posix
--INI--
bgworkers.config={TMP}/bgworkers-phpt/signals-the_stop_is_a_sigterm/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';

// Each says what it got, in a file, and ends; what is never told to stop is killed after the grace.
$begin = <<<'PHP'
    $got = [];
    $handler = function (int $signal, array $info) use (&$got) { $got[] = "$signal " . json_encode($info); };
    $until = function (int $count) use (&$got) { while (count($got) < $count) { usleep(10000); } };
    register_shutdown_function(function () use (&$got) { file_put_contents(RESULT, implode(', ', $got)); });
    $stopped = function () { $stream = BgWorkers\get_worker_handle(); while (!feof($stream)) { fgets($stream); } };

    PHP;
$workers = [
    'TERM' => 'pcntl_async_signals(true); foreach ([SIGQUIT, SIGINT, SIGTERM] as $s) pcntl_signal($s, $handler); set_vars([]); $until(1); usleep(50000);', // a second one would come by then
    'sleeps' => 'pcntl_async_signals(true); pcntl_signal(SIGTERM, $handler); set_vars([]); sleep(60); usleep(1);',
    'dispatched' => 'pcntl_signal(SIGTERM, $handler); set_vars([]); while (!$got) { usleep(10000); pcntl_signal_dispatch(); }',
    'ticks' => 'declare(ticks=1); pcntl_signal(SIGTERM, $handler); set_vars([]); while (!$got) { usleep(10000); }',
    'INT' => 'pcntl_async_signals(true); pcntl_signal(SIGINT, $handler); pcntl_signal(SIGQUIT, $handler); set_vars([]); $until(1);',
    'QUIT' => 'pcntl_async_signals(true); pcntl_signal(SIGQUIT, $handler); pcntl_signal(SIGUSR1, $handler); set_vars([]); $until(1);',
    'late' => 'set_vars([]); $stopped(); pcntl_signal(SIGTERM, $handler); pcntl_async_signals(true); for ($i = 0; $i < 3; ++$i) usleep(1);',
    'later still' => 'set_vars([]); $stopped(); pcntl_signal(SIGTERM, $handler); usleep(1); pcntl_signal_dispatch(); pcntl_signal_dispatch();',
    'ignored' => 'pcntl_async_signals(true); pcntl_signal(SIGTERM, SIG_IGN); pcntl_signal(SIGINT, $handler); set_vars([]); $stopped(); pcntl_signal(SIGTERM, $handler); usleep(1); $got[] = "nothing";',
    'blocked' => 'pcntl_async_signals(true); pcntl_signal(SIGTERM, $handler); pcntl_sigprocmask(SIG_BLOCK, [SIGTERM]); set_vars([]); $stopped(); usleep(1); $got[] = "unblocked"; pcntl_sigprocmask(SIG_UNBLOCK, [SIGTERM]); usleep(1); usleep(1);',
    'awaited' => 'pcntl_sigprocmask(SIG_BLOCK, [SIGTERM]); set_vars([]); $got[] = pcntl_sigwaitinfo([SIGTERM, SIGINT], $i) . " awaited " . json_encode($i);',
    'no handler' => 'set_vars([]); $stopped(); usleep(1000); $got[] = "alive";',
    'busy' => 'pcntl_async_signals(true); pcntl_signal(SIGTERM, $handler); set_vars([]); while (!$got);',
    'in a handler' => 'pcntl_async_signals(true); pcntl_signal(SIGTERM, $handler); pcntl_signal(SIGUSR1, function () use (&$got, $stopped) { $stopped(); usleep(1); $got[] = "end of USR1"; }); set_vars([]); posix_kill(getmypid(), SIGUSR1); $until(2);',
    'exits' => 'pcntl_async_signals(true); pcntl_signal(SIGTERM, function () { exit(0); }); set_vars([]); $got[] = "exit"; while (true) { usleep(10000); }',
    'publishes' => 'pcntl_async_signals(true); pcntl_signal(SIGTERM, function () use (&$got) { set_vars(["last" => 1]); $got[] = "published"; }); set_vars([]); $until(1);',
    'should_stop' => 'pcntl_async_signals(true); pcntl_signal(SIGTERM, $handler); set_vars([]); BgWorkers\should_stop(60); for ($i = 0; $i < 3; ++$i) usleep(1);',
];
$declared = [];
foreach ($workers as $name => $code) {
    $file = str_replace(' ', '_', "result-$name");
    $declared[$name] = ['shutdown_grace' => 20, 'code' => (str_starts_with($code, 'declare') ? 'declare(ticks=1);' : '') . "use function BgWorkers\\set_vars; const RESULT = __DIR__ . '/$file';\n$begin" . str_replace('declare(ticks=1);', '', $code)];
}
workers($declared);
write_file('log', '');
$began = microtime(true);
[$exit, $out, $err] = run_php('BgWorkers\get_vars(' . var_export(array_keys($workers), true) . ');
    $asleep = function () { // in clock_nanosleep(2), or whatever it is on this machine: the same call at two looks
        foreach (glob("/proc/self/task/*") as $thread) {
            if (trim(file_get_contents("$thread/comm")) === "bgw:sleeps") {
                $call = file_get_contents("$thread/syscall");
                usleep(10000);
                return !str_starts_with($call, "running") && $call === file_get_contents("$thread/syscall");
            }
        }
    };
    wait_until($asleep);', ['bgworkers.config' => temp_path('workers.ini'), 'bgworkers.log_level' => 'warning']);
echo $exit, $out, $err, microtime(true) - $began < 15 ? "\n" : "\nslow\n";
foreach ($workers as $name => $code) {
    echo "$name: ", @file_get_contents(temp_path(str_replace(' ', '_', "result-$name"))), "\n";
}
?>
--EXPECT--
0
TERM: 15 {"signo":15,"errno":0,"code":0}
sleeps: 15 {"signo":15,"errno":0,"code":0}
dispatched: 15 {"signo":15,"errno":0,"code":0}
ticks: 15 {"signo":15,"errno":0,"code":0}
INT: 2 {"signo":2,"errno":0,"code":0}
QUIT: 3 {"signo":3,"errno":0,"code":0}
late: 15 {"signo":15,"errno":0,"code":0}
later still: 15 {"signo":15,"errno":0,"code":0}
ignored: nothing
blocked: unblocked, 15 {"signo":15,"errno":0,"code":0}
awaited: 15 awaited {"signo":15,"errno":0,"code":0}
no handler: alive
busy: 15 {"signo":15,"errno":0,"code":0}
in a handler: end of USR1, 15 {"signo":15,"errno":0,"code":0}
exits: exit
publishes: published
should_stop: 15 {"signo":15,"errno":0,"code":0}
