--TEST--
bgworkers.log_level keeps lesser events out; what workers print is always there
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/log_level_is_the_least_severe.php
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';

$worker = write_file('w.php', '<?php BgWorkers\set_vars([]); echo "printed\n"; BgWorkers\should_stop(0.1); exit(3);');
$code = 'BgWorkers\get_vars("w"); wait_until(fn() => BgWorkers\status()["w"]["runs"] > 1);';
foreach (['notice', 'warning', 'error', 'WARNING'] as $level) {
    [, , $err] = run_php($code, ['bgworkers.entrypoint' => $worker, 'bgworkers.log_level' => $level]);
    echo "$level:", str_contains($err, 'level=notice') ? ' notices' : '', str_contains($err, 'level=warning') ? ' warnings' : '',
        str_contains($err, '[w] printed') ? ' output' : '', "\n";
}
?>
--EXPECT--
notice: notices warnings output
warning: warnings output
error: output
WARNING: warnings output
