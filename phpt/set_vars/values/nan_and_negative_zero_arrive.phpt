--TEST--
NAN and -0.0 arrive as what they are
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/nan_and_negative_zero_arrive.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};
require __DIR__ . '/../../helpers.inc';

if (in_worker()) {
    set_vars(['nan' => NAN, 'zero' => -0.0]);
    should_stop(INF);
    return;
}
var_dump(get_vars('w'), fdiv(1, get_vars('w')['zero']));
?>
--EXPECT--
array(2) {
  ["nan"]=>
  float(NAN)
  ["zero"]=>
  float(-0)
}
float(-INF)
