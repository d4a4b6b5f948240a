--TEST--
Versions that nobody reads are freed
--EXTENSIONS--
bgworkers
--SKIPIF--
<?php if (!is_readable('/proc/self/status')) die('skip needs /proc'); ?>
--INI--
bgworkers.entrypoint={PWD}/old_versions_are_freed.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};
require __DIR__ . '/../helpers.inc';

if (in_worker()) {
    set_vars(['n' => 0]);
    for ($n = 1; $n <= 300; ++$n) {
        set_vars(['n' => $n, 'large' => str_repeat(chr($n % 256), 2 << 20)]);
    }
    set_vars(['n' => 'end']);
    should_stop(INF);
    return;
}
$resident = function (): int { preg_match('/^VmRSS:\s+(\d+)/m', file_get_contents('/proc/self/status'), $m); return $m[1] >> 10; };
$before = $resident();
get_vars('w');
wait_until(fn() => get_vars('w')['n'] === 'end');
$grown = $resident() - $before;
var_dump($grown < 150 ?: $grown);
?>
--EXPECT--
bool(true)
