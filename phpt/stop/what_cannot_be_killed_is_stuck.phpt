--TEST--
A thread that no signal ends is logged as stuck, with its place, and the process ends with the right status
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/what_cannot_be_killed_is_stuck.php
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';

write_file('w.php', '<?php
    register_shutdown_function(function () { echo "SHUTDOWN FUNCTION RAN\n"; });
    $child = proc_open(["sleep", "1000"], [], $pipes);
    file_put_contents(__DIR__ . "/pid-$argv[1]", proc_get_status($child)["pid"]);
    $pair = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
    stream_set_timeout($pair[0], 1000);
    BgWorkers\set_vars([]);
    BgWorkers\should_stop(INF);
    match ($argv[1]) {
        "computes" => hash_pbkdf2("sha512", "x", "y", 2000000000),
        "reads a socket" => fgets($pair[0]),
        "waits for a child" => proc_close($child),
    };');
$began = microtime(true);
[$exit, $out, $err] = run_php('BgWorkers\get_vars(["computes", "reads a socket", "waits for a child"]); echo "done\n"; exit(7);',
    ['bgworkers.entrypoint' => temp_path('w.php'), 'bgworkers.shutdown_grace' => '0.1']);
foreach (glob(temp_path('pid-*')) as $file) {
    ($pid = (int) file_get_contents($file)) > 1 && posix_kill($pid, SIGKILL);
}
echo $out, $exit, microtime(true) - $began < 10 ? ' in time' : ' late', "\n";
preg_match_all('/.*event=(?:stuck|abandoned).*|.*RAN.*/', $err, $lines);
sort($lines[0]);
echo implode("\n", $lines[0]), "\n";
?>
--EXPECTF--
done
7 in time
bgworkers: level=error worker="reads a socket" event=abandoned error="%s"
bgworkers: level=error worker="reads a socket" event=stuck uptime=%d.%d at={tmp}/w.php:11
bgworkers: level=error worker="waits for a child" event=abandoned error="%s"
bgworkers: level=error worker="waits for a child" event=stuck uptime=%d.%d at={tmp}/w.php:12
bgworkers: level=error worker=computes event=abandoned error="%s"
bgworkers: level=error worker=computes event=stuck uptime=%d.%d at={tmp}/w.php:10
