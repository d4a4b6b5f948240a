--TEST--
What a signal ends in a process it ends in a worker; what goes on there goes on here
--EXTENSIONS--
bgworkers
pcntl
posix
--INI--
bgworkers.config={TMP}/bgworkers-phpt/signals-blocking_calls/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/compare.inc';
$begin = 'pcntl_async_signals(true); pcntl_signal(SIGALRM, say("alarm"), RESTART); pcntl_alarm(1); ';
$calls = [
    'sleep' => 'show(took(fn() => sleep(6)));',
    'usleep' => 'show(took(fn() => usleep(6000000)));',
    'select' => '$p = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0); show(took(function () use ($p) { $r = [$p[0]]; $w = $e = null; show(@stream_select($r, $w, $e, 6)); }));',
    'accept' => '$s = stream_socket_server("tcp://127.0.0.1:0"); show(took(fn() => show(@stream_socket_accept($s, 6))));',
    'flock' => '$h = proc_open(["flock", "-x", __FILE__, "sleep", "2.5"], [], $x); usleep(400000); $f = fopen(__FILE__, "r"); show(took(function () use ($f) { show(flock($f, LOCK_SH)); })); usleep(1); proc_terminate($h);',
    'waitpid' => '$h = proc_open(["sleep", "2.5"], [], $x); $pid = proc_get_status($h)["pid"]; show(took(function () use ($pid) { show(pcntl_waitpid($pid, $s) === $pid); })); proc_terminate($h);',
    'pipe' => '$h = proc_open("exec sleep 2.5; echo x", [1 => ["pipe", "w"]], $p); show(took(fn() => show(fgets($p[1])))); proc_close($h);',
];
$scripts = [];
foreach (['restarting' => 'true', 'ending' => 'false'] as $how => $restart) {
    foreach ($calls as $name => $call) {
        $scripts["{$how}_$name"] = str_replace('RESTART', $restart, $begin) . $call;
    }
}
compare($scripts);
?>
--EXPECT--
--- restarting_sleep
alarm 14
"about a second"
--- restarting_usleep
alarm 14
"about a second"
--- restarting_select
alarm 14
error: stream_select(): Unable to select #: Interrupted system call (#)
false
"about a second"
--- restarting_accept
alarm 14
error: stream_socket_accept(): Accept failed: Interrupted system call
false
"about a second"
--- restarting_flock
alarm 14
true
"long"
--- restarting_waitpid
alarm 14
true
"long"
--- restarting_pipe
alarm 14
false
"long"
--- ending_sleep
alarm 14
"about a second"
--- ending_usleep
alarm 14
"about a second"
--- ending_select
alarm 14
error: stream_select(): Unable to select #: Interrupted system call (#)
false
"about a second"
--- ending_accept
alarm 14
error: stream_socket_accept(): Accept failed: Interrupted system call
false
"about a second"
--- ending_flock
alarm 14
false
"about a second"
--- ending_waitpid
alarm 14
false
"about a second"
--- ending_pipe
alarm 14
false
"long"
