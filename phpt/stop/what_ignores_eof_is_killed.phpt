--TEST--
A worker that ignores EOF is killed after its grace, and the exit status stays right
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/what_ignores_eof_is_killed.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{set_vars, should_stop};
require __DIR__ . '/../helpers.inc';

write_file('w.php', '<?php use function BgWorkers\{set_vars, should_stop};
    register_shutdown_function(function () { echo "SHUTDOWN FUNCTION RAN\n"; });
    class D { function __destruct() { echo "DESTRUCTOR RAN\n"; } }
    $d = new D;
    if ($argv[1] !== "output callback") { ob_start(function ($text) { return "CALLBACK RAN: $text"; }); echo "BUFFERED\n"; }
    function spin() { while (true) { $GLOBALS["n"] = ($GLOBALS["n"] ?? 0) + 1; } }
    class Spins { function __destruct() { set_vars([]); spin(); } }
    if (!str_contains($argv[1], "later")) { set_vars([]); }
    switch ($argv[1]) {
        case "sleep": sleep(1000);
        case "sleeps again": while (true) { sleep(1000); usleep(1000); }
        case "usleep": while (true) { usleep(100000); }
        case "time_nanosleep": time_nanosleep(1000, 0); while (true) { time_sleep_until(time() + 1000); }
        case "busy": spin();
        case "empty loop": while (true);
        case "for": for (;;) {}
        case "try": while (true) { try { spin(); } catch (Throwable) {} }
        case "finally": try { spin(); } finally { spin(); }
        case "generator": foreach ((function () { while (true) yield 1; })() as $x);
        case "sort callback": while (true) { $a = range(1, 1000); usort($a, fn($x, $y) => mt_rand(-1, 1)); }
        case "fgets": $p = proc_open(["sleep", "1000"], [1 => ["pipe", "w"]], $pipes); file_put_contents(__FILE__ . ".pid", proc_get_status($p)["pid"]); while (true) fgets($pipes[1]);
        case "select": $pair = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0); while (true) { $r = [$pair[0]]; $w = $e = null; @stream_select($r, $w, $e, 1000); }
        case "accept": $server = stream_socket_server("tcp://127.0.0.1:0"); while (true) @stream_socket_accept($server, 1000);
        case "flock": $a = fopen(__FILE__ . ".lock", "c"); $b = fopen(__FILE__ . ".lock", "c"); flock($a, LOCK_EX); while (true) flock($b, LOCK_EX);
        case "shutdown function later": register_shutdown_function(function () { set_vars([]); spin(); }); exit;
        case "destructor later": $s = new Spins; unset($s);
        case "destructor at the end later": $GLOBALS["s"] = new Spins; exit;
        case "output callback later": ob_start(function ($text) { set_vars([]); spin(); }); echo "x"; ob_end_flush();
        case "ignores": ignore_user_abort(true); set_time_limit(0); while (true) { if (should_stop(0.1)) { spin(); } }
        case "error handler": set_error_handler(function () { spin(); }); echo $undefined;
        case "pcre": while (true) @preg_match("/(?:(?:a+)+)+b/", str_repeat("a", 40));
    }');
preg_match_all('/case "([^"]+)":/', file_get_contents(temp_path('w.php')), $match);
$names = $match[1];
$code = '$names = ' . var_export($names, true) . '; BgWorkers\get_vars($names); foreach ($names as $name) usleep(1000); exit(7);';
$began = microtime(true);
[$exit, $out, $err] = run_php($code, ['bgworkers.config' => write_file('w.ini', "[*]\nscript = w.php\nmax_threads = 50\n"), 'bgworkers.shutdown_grace' => '0.2',
    'bgworkers.max_threads' => '100', 'bgworkers.log_level' => 'warning']);
$seconds = microtime(true) - $began;
echo $exit === 7 ? '' : $out, "exit $exit, ", $seconds < 10 ? 'in time' : "after $seconds s", "\n";
$sleeper = (int) @file_get_contents(temp_path('w.php.pid'));
$sleeper > 1 && posix_kill($sleeper, SIGKILL);
foreach ($names as $name) {
    if (!preg_match('/level=warning worker="?' . preg_quote($name) . '"? event=killed after=\d/', $err)) {
        echo "$name was not killed\n";
    }
}
foreach (['RAN', 'BUFFERED', 'Maximum execution time', 'event=stuck', 'abandoned'] as $text) {
    preg_match_all("/.*$text.*/", $err, $lines);
    echo implode("\n", $lines[0]), count($lines[0]) ? "\n" : '';
}
?>
--EXPECT--
exit 7, in time
