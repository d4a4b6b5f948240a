--TEST--
A signal that a run sends to its own process reaches that run alone: its handler, else what the signal does by default, to the run
--EXTENSIONS--
bgworkers
pcntl
posix
--INI--
bgworkers.config={TMP}/bgworkers-phpt/signals-a_run_may_kill_itself/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';

// Nothing of a run that has ended itself may run any more.
$left = 'use function BgWorkers\set_vars; $on = fn() => fwrite(STDERR, "RAN on\n"); set_vars([]); '
    . '$object = new class { function __destruct() { fwrite(STDERR, "RAN a destructor\n"); } }; ';
$function = 'register_shutdown_function(function () { fwrite(STDERR, "RAN a shutdown function\n"); }); ';
$workers = [
    'KILL' => $function . 'posix_kill(getmypid(), SIGKILL); $on();',
    'TERM' => $function . 'posix_kill(0, SIGTERM); $on();',
    'ABRT' => $function . 'posix_kill(-1, SIGABRT); $on();',
    'INT' => 'posix_kill(-posix_getpgrp(), SIGINT); $on();',
    'thread' => 'posix_kill((int) basename(readlink("/proc/thread-self")), SIGQUIT); $on();',
    'realtime' => 'posix_kill(getmypid(), 40); $on();',
    'in a destructor' => '$o = new class { function __destruct() { posix_kill(getmypid(), SIGKILL); } }; unset($o); $on();',
    'in a shutdown function' => 'register_shutdown_function(function () use ($on) { posix_kill(getmypid(), SIGKILL); $on(); }); ' . $function,
    'in a handler' => 'pcntl_async_signals(true); pcntl_signal(SIGUSR1, function () { posix_kill(getmypid(), SIGKILL); }); posix_kill(getmypid(), SIGUSR1); while (true);',
    'in a fiber' => '(new Fiber(function () use ($on) { try { posix_kill(getmypid(), SIGKILL); } finally { $on(); } }))->start();',
    'alarm in sleep' => 'pcntl_alarm(1); sleep(60); $on();',
    'alarm in a loop' => $function . 'pcntl_alarm(1); while (true);',
    'alarm in a read' => '$p = proc_open(["sleep", "5"], [1 => ["pipe", "w"]], $pipes); pcntl_alarm(1); fgets($pipes[1]); $on();',
    'unblocked' => 'pcntl_sigprocmask(SIG_BLOCK, [SIGUSR2]); posix_kill(getmypid(), SIGUSR2); pcntl_sigprocmask(SIG_UNBLOCK, [SIGUSR2]); $on();',
    'no longer handled' => 'pcntl_signal(SIGTERM, fn() => 0); pcntl_signal(SIGTERM, SIG_DFL); posix_kill(getmypid(), SIGTERM); $on();',
];
$declared = ['lives' => <<<'PHP'
    pcntl_signal(SIGUSR1, SIG_IGN);
    $results = array_map(fn($signal) => posix_kill(getmypid(), $signal), [SIGCHLD, SIGCONT, SIGURG, SIGWINCH, SIGUSR1, 0]);
    foreach ([SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU] as $signal) {
        try { posix_kill(0, $signal); } catch (Error $error) { $results[] = $error->getMessage(); }
    }
    $process = proc_open(["sleep", "60"], [], $pipes);
    $pid = proc_get_status($process)["pid"];
    $results[] = posix_kill($pid, SIGTERM);
    pcntl_waitpid($pid, $status);
    $results[] = pcntl_wtermsig($status);
    BgWorkers\set_vars($results);
    live();
    PHP];
foreach ($workers as $name => $code) {
    $declared[$name] = ['max_consecutive_failures' => 1, 'code' => $left . $code];
}
workers($declared);
[$exit, $out, $err] = run_php('
    pcntl_async_signals(true);
    foreach ([SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGABRT, SIGALRM, SIGUSR1, SIGUSR2, 40] as $s) { pcntl_signal($s, function ($s) { echo "the host got $s\n"; }); }
    echo json_encode(BgWorkers\get_vars("lives")), "\n";
    BgWorkers\get_vars(' . var_export(array_keys($workers), true) . ');
    wait_until(fn() => array_keys(array_filter(BgWorkers\status(), fn($s) => $s["crashes"] < 1)) === ["lives"]);
    foreach (BgWorkers\status() as $name => $s) { $name === "lives" || print("$name: $s[last_exit_status] $s[last_error]\n"); }
    ', ['bgworkers.config' => temp_path('workers.ini'), 'bgworkers.log_level' => 'warning']);
echo $exit, "\n", $out;
// One line a run, none of a kill by the supervisor, none of code that ran afterwards.
$lines = array_filter(explode("\n", $err));
echo count(preg_grep('/level=warning worker="?[^=]*"? event=exited status=1\d\d uptime=[\d.]+ error="ended by its own [^"]+"/', $lines)) === count($workers) ? "told\n" : $err;
echo implode("\n", preg_grep('/event=exited|event=failed/', $lines, PREG_GREP_INVERT)), "\n";
?>
--EXPECT--
0
[true,true,true,true,true,true,"posix_kill() cannot stop a background worker: SIGSTOP would stop the whole process","posix_kill() cannot stop a background worker: SIGTSTP would stop the whole process","posix_kill() cannot stop a background worker: SIGTTIN would stop the whole process","posix_kill() cannot stop a background worker: SIGTTOU would stop the whole process",true,15]
ABRT: 134 ended by its own SIGABRT
INT: 130 ended by its own SIGINT
KILL: 137 ended by its own SIGKILL
TERM: 143 ended by its own SIGTERM
alarm in a loop: 142 ended by its own SIGALRM
alarm in a read: 142 ended by its own SIGALRM
alarm in sleep: 142 ended by its own SIGALRM
in a destructor: 137 ended by its own SIGKILL
in a fiber: 137 ended by its own SIGKILL
in a handler: 137 ended by its own SIGKILL
in a shutdown function: 137 ended by its own SIGKILL
no longer handled: 143 ended by its own SIGTERM
realtime: 168 ended by its own signal 40
thread: 131 ended by its own SIGQUIT
unblocked: 140 ended by its own SIGUSR2
told
