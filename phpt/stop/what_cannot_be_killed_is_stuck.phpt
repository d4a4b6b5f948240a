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

write_file('w.php', '<?php BgWorkers\set_vars([]);
    BgWorkers\should_stop(INF);
    hash_pbkdf2("sha512", "x", "y", 2000000000);');
$began = microtime(true);
[$exit, $out, $err] = run_php('BgWorkers\get_vars("w"); echo "done\n"; exit(7);', ['bgworkers.entrypoint' => temp_path('w.php'), 'bgworkers.shutdown_grace' => '0.1']);
echo $out, $exit, "\n";
var_dump(microtime(true) - $began < 10);
preg_match_all('/.*event=(?:stuck|abandoned).*/', $err, $lines);
echo implode("\n", $lines[0]), "\n";
?>
--EXPECTF--
done
7
bool(true)
bgworkers: level=error worker=w event=stuck uptime=%d.%d at=%Sw.php:3%S
bgworkers: level=error worker=w event=abandoned error="%s"
