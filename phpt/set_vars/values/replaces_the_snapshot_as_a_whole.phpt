--TEST--
A publication replaces the one before it as a whole
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/replaces_the_snapshot_as_a_whole.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};
require __DIR__ . '/../../helpers.inc';

if (in_worker()) {
    set_vars(['a' => 1, 'b' => 2]);
    await_flag('first-seen');
    set_vars(['b' => 3]);
    should_stop(INF);
    return;
}
var_dump(get_vars('w') === ['a' => 1, 'b' => 2]);
raise_flag('first-seen');
wait_until(fn() => version('w') > 1);
var_dump(get_vars('w'));
?>
--EXPECT--
bool(true)
array(1) {
  ["b"]=>
  int(3)
}
