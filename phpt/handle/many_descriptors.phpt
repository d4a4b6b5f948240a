--TEST--
should_stop() works with more than 1024 open descriptors
--EXTENSIONS--
bgworkers
--SKIPIF--
<?php if (posix_getrlimit()['hard openfiles'] !== 'unlimited' && posix_getrlimit()['hard openfiles'] < 3000) die('skip needs descriptors'); ?>
--INI--
bgworkers.config={TMP}/bgworkers-phpt/handle-many_descriptors/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
posix_setrlimit(POSIX_RLIMIT_NOFILE, 3000, 3000);
workers(['w' => <<<'PHP'
    for ($i = 0; $i < 1200; ++$i) { $files[] = fopen('/dev/null', 'r'); }
    $start = microtime(true);
    $stop = BgWorkers\should_stop(0.2);
    BgWorkers\set_vars([$stop, microtime(true) - $start >= 0.2]);
    live();
    PHP]);
var_dump(BgWorkers\get_vars('w'));
?>
--EXPECT--
array(2) {
  [0]=>
  bool(false)
  [1]=>
  bool(true)
}
