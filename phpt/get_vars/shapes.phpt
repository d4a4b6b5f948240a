--TEST--
One name gives the snapshot, a list of names an array by name, in the order given
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/get_vars-shapes/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['a' => 'BgWorkers\set_vars(["A"]); live();', 'b' => 'BgWorkers\set_vars(["B"]); live();',
    '7' => 'BgWorkers\set_vars(["seven"]); live();']);
use function BgWorkers\get_vars;
echo json_encode(get_vars('a')), "\n";
echo json_encode(get_vars(['a'])), "\n";
echo json_encode(get_vars(['b', 'a'])), "\n";
echo json_encode(get_vars(['x' => 'b', 9 => 'a', 'b'])), "\n";
$name = 'a';
echo json_encode(get_vars([&$name, 'b'])), "\n";
var_dump(array_keys(get_vars(['7', 'a'])));
var_dump(get_vars(['a'])['a'] === get_vars('a'));
?>
--EXPECT--
["A"]
{"a":["A"]}
{"b":["B"],"a":["A"]}
{"b":["B"],"a":["A"]}
{"a":["A"],"b":["B"]}
array(2) {
  [0]=>
  int(7)
  [1]=>
  string(1) "a"
}
bool(true)
