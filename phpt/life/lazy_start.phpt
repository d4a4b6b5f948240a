--TEST--
Nothing runs before the first get_vars(), also with num >= 1, unless bgworkers.cli_autostart is on
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/lazy_start.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\get_vars;
require __DIR__ . '/../helpers.inc';

$config = write_file('workers.ini', "[zero]\nscript = w.php\n[one]\nscript = w.php\nnum = 1\n[three]\nscript = w.php\nnum = 3\n");
write_file('w.php', '<?php BgWorkers\set_vars([$argv[1]]); BgWorkers\should_stop(INF);');
$show = 'foreach (BgWorkers\status() as $name => $s) echo "$name: $s[state], $s[runs] runs, $s[instances] instances\n"; echo count(glob("/proc/self/task/*")) > 1 ? "threads\n" : "no threads\n";';
echo "lazy:\n", run_php("usleep(50000); $show", ['bgworkers.config' => $config])[1];
echo "by get_vars():\n", run_php('BgWorkers\get_vars("three"); wait_until(fn() => BgWorkers\status()["three"]["runs"] === 3);' . $show, ['bgworkers.config' => $config])[1];
echo "autostart:\n", run_php('wait_until(fn() => BgWorkers\status()["three"]["runs"] === 3 && BgWorkers\status()["three"]["ready"] && BgWorkers\status()["one"]["ready"]);' . $show, ['bgworkers.config' => $config, 'bgworkers.cli_autostart' => '1'])[1];
?>
--EXPECT--
lazy:
one: idle, 0 runs, 1 instances
three: idle, 0 runs, 3 instances
zero: idle, 0 runs, 1 instances
no threads
by get_vars():
one: idle, 0 runs, 1 instances
three: running, 3 runs, 3 instances
zero: idle, 0 runs, 1 instances
threads
autostart:
one: running, 1 runs, 1 instances
three: running, 3 runs, 3 instances
zero: idle, 0 runs, 1 instances
threads
