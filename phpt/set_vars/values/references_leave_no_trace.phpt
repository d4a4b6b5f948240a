--TEST--
References are followed, in both directions nothing of them is left
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/references_leave_no_trace.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars};
require __DIR__ . '/../../helpers.inc';

print_in_worker(function () {
    $shared = ['x' => 1];
    $scalar = 'old';
    $vars = ['a' => &$shared, 'b' => &$shared, 'deep' => ['c' => &$scalar, 'd' => [&$scalar]]];
    set_vars($vars);
    $shared['x'] = 2;
    $scalar = 'new';
    $read = get_vars('worker');
    var_dump($read);
    var_dump(ReflectionReference::fromArrayElement($read, 'a'));
    echo "-- published again, changed through the references\n";
    $before = version();
    set_vars($vars);
    var_dump(version() - $before, get_vars('worker') === ['a' => ['x' => 2], 'b' => ['x' => 2], 'deep' => ['c' => 'new', 'd' => ['new']]]);
    echo "-- and once more\n";
    set_vars($vars);
    var_dump(version() - $before);
});
?>
--EXPECT--
array(3) {
  ["a"]=>
  array(1) {
    ["x"]=>
    int(1)
  }
  ["b"]=>
  array(1) {
    ["x"]=>
    int(1)
  }
  ["deep"]=>
  array(2) {
    ["c"]=>
    string(3) "old"
    ["d"]=>
    array(1) {
      [0]=>
      string(3) "old"
    }
  }
}
NULL
-- published again, changed through the references
int(1)
bool(true)
-- and once more
int(1)
