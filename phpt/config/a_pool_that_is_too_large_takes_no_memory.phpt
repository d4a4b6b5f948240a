--TEST--
A pool of more instances than bgworkers.max_threads is refused before there is memory for it
--EXTENSIONS--
bgworkers
--SKIPIF--
<?php if (!is_readable('/proc/self/status')) die('skip needs /proc'); ?>
--INI--
bgworkers.config={TMP}/bgworkers-phpt/config-a_pool_that_is_too_large_takes_no_memory/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
use function BgWorkers\{get_vars, metrics, status};
workers(['huge' => ['code' => '', 'num' => 5000000], 'most' => ['code' => '', 'num' => 6000000], 'small' => 'BgWorkers\set_vars([1]); live();']);
$peak = fn () => preg_match('/VmHWM:\s+(\d+)/', file_get_contents('/proc/self/status'), $found) ? $found[1] / 1024 : 0;
$before = $peak();
attempt(fn () => get_vars('huge'));
attempt(fn () => get_vars(['small', 'most']));
attempt(fn () => array_column(status(), 'instances'));
attempt(fn () => strlen(metrics()) > 100);
attempt(fn () => get_vars('small'));
attempt(fn () => $peak() - $before < 50 ?: $peak() - $before);
?>
--EXPECT--
RuntimeException: cannot start worker "huge": it needs 5000000 threads, 0 are taken and bgworkers.max_threads=64; raise it in php.ini
RuntimeException: cannot start worker "most": it needs 6000000 threads, 1 are taken and bgworkers.max_threads=64; raise it in php.ini
array(3) {
  [0]=>
  int(5000000)
  [1]=>
  int(6000000)
  [2]=>
  int(1)
}
bool(true)
array(1) {
  [0]=>
  int(1)
}
bool(true)
