--TEST--
Workers and their caller load the same classes, functions and constants at the same time
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/two_workers_load_the_same_classes.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};
require __DIR__ . '/../helpers.inc';

require __DIR__ . '/inc/SameClass.inc';
if (in_worker()) {
    for ($i = 0; $i < 200; ++$i) {
        $last = Life\SameClass::count($_SERVER['BGWORKERS_NAME']);
    }
    set_vars(['last' => $last, 'fib' => Life\same_function(15), 'constant' => Life\SAME_CONSTANT, 'name' => Life\SameClass::NAME]);
    should_stop(INF);
    return;
}
foreach (get_vars(['a', 'b', 'c', 'd', 'e', 'f']) as $name => $vars) {
    var_dump($vars === ['last' => 1200, 'fib' => 610, 'constant' => ['a' => [1, 2, 3]], 'name' => 'same']);
}
var_dump(Life\SameClass::$counts);
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
array(0) {
}
