--TEST--
A worker that has published a large array and freed it gives the memory back when it waits
--EXTENSIONS--
bgworkers
--SKIPIF--
<?php
if (getenv('USE_ZEND_ALLOC') === '0') die('skip needs PHP\'s own heap');
?>
--INI--
bgworkers.config={TMP}/bgworkers-phpt/memory-an_idle_worker_gives_back/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['large' => <<<'PHP'
    BgWorkers\set_vars(array_map(fn($i) => ['id' => $i, 'name' => "entry $i"], range(1, 20000)));
    $before = memory_get_usage(true);
    for ($waits = 0; memory_get_usage(true) > $before / 2 && $waits < 40 && !BgWorkers\should_stop(0.5); ++$waits);
    BgWorkers\set_vars(['large' => $before > 8 << 20, 'given back' => memory_get_usage(true) <= $before / 2]);
    live();
    PHP]);
wait_until(fn() => isset(BgWorkers\get_vars('large')['given back']));
echo json_encode(BgWorkers\get_vars('large')), "\n";
?>
--EXPECT--
{"large":true,"given back":true}
