--TEST--
Lists may be long, hold duplicates, references and numeric names, and keep the order of first occurrence
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/lists_of_many_names.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};
require __DIR__ . '/../helpers.inc';

if (in_worker()) {
    set_vars(['n' => $argv[1]]);
    should_stop(INF);
    return;
}
$b = 'b';
$names = ['x' => 'c', &$b, 'a', 'c', 5 => '10', 'b', 'a'];
echo json_encode(array_map(fn($v) => $v['n'], get_vars($names))), "\n";
var_dump(array_keys(get_vars(['10', '-1x', '010', ' 3'][0] === '10' ? ['10', '010', ' 3'] : [])));
$many = array_merge(...array_fill(0, 2000, ['a', 'b', 'c']));
var_dump(count(get_vars($many)), get_vars($many)['b'] === get_vars('b'), $names['x'], $b);
?>
--EXPECT--
{"c":"c","b":"b","a":"a","10":"10"}
array(3) {
  [0]=>
  int(10)
  [1]=>
  string(3) "010"
  [2]=>
  string(2) " 3"
}
int(3)
bool(true)
string(1) "c"
string(1) "b"
