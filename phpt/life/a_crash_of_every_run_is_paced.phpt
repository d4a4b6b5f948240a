--TEST--
Crashes are paced: the delays grow, and readers of a ready worker notice nothing
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/a_crash_of_every_run_is_paced.php
error_log={PWD}/paced.log
bgworkers.log_level=debug
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars};
require __DIR__ . '/../helpers.inc';

if (in_worker()) {
    set_vars(['constant' => 1]);
    exit(1);
}
$vars = get_vars('w');
$began = microtime(true);
wait_until(function () use ($vars) {
    get_vars('w', 0) === $vars || die('lost');
    return count(log_lines('event=exited')) >= 4;
});
preg_match_all('/next=([\d.]+)/', implode("\n", log_lines('event=exited')), $match);
foreach ([0.1, 0.2, 0.4, 0.8] as $i => $delay) {
    var_dump(abs($match[1][$i] - $delay) <= $delay * 0.11);
}
var_dump(microtime(true) - $began >= 0.6, version('w'));
?>
--CLEAN--
<?php @unlink(__DIR__ . '/paced.log'); ?>
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
int(1)
