--TEST--
Workers start workers that start workers
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/a_chain_of_workers.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop, status};
require __DIR__ . '/../helpers.inc';

if (in_worker()) {
    $n = (int) $argv[1];
    set_vars(['depth' => $n === 0 ? 0 : get_vars((string) ($n - 1))['depth'] + 1]);
    should_stop(INF);
    return;
}
var_dump(get_vars('15'));
var_dump(array_sum(array_column(status(), 'runs')));
?>
--EXPECT--
array(1) {
  ["depth"]=>
  int(15)
}
int(16)
