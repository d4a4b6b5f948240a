--TEST--
A snapshot over bgworkers.max_snapshot_size is refused with both sizes; 0 is no limit
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/set_vars-refusals-size_limit/workers.ini
bgworkers.log_level=error
bgworkers.max_snapshot_size=1K
--FILE--
<?php
require __DIR__ . '/../../helpers.inc';
workers(['w' => <<<'PHP'
    try {
        BgWorkers\set_vars([str_repeat('x', 4000)]);
    } catch (ValueError $error) {
        BgWorkers\set_vars([preg_replace('/snapshot of 4\d\d\d/', 'snapshot of 4xxx', $error->getMessage())]);
    }
    live();
    PHP]);
var_dump(BgWorkers\get_vars('w'));
?>
--EXPECT--
array(1) {
  [0]=>
  string(80) "a snapshot of 4xxx bytes is larger than bgworkers.max_snapshot_size (1024 bytes)"
}
