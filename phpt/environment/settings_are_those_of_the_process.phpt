--TEST--
A worker has the settings of the process and its own, not what the caller has changed
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={PWD}/settings_are_those_of_the_process.ini
precision=9
disable_functions=str_rot13,crc32
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};
require __DIR__ . '/../helpers.inc';

if (in_worker()) {
    $before = ini_get('precision');
    $memory = ini_get('memory_limit');
    ini_set('precision', '4');
    set_vars([
        'precision' => $before, 'memory_limit' => $memory, 'include_path' => ini_get('include_path'), 'unknown' => ini_get('no.such.setting'),
        'disabled' => [function_exists('str_rot13'), thrown(fn() => str_rot13('a'))],
        'after ini_set' => (string) (1 / 3),
    ]);
    should_stop(INF);
    return;
}
ini_set('precision', '5');
set_include_path('/changed/by/the/caller');
foreach (get_vars(['plain', 'own']) as $name => $vars) {
    var_dump($vars['precision'], $vars['include_path'] === '/changed/by/the/caller', $vars['unknown'], $vars['disabled'], $vars['after ini_set']);
    $name === 'own' && var_dump($vars['memory_limit']);
}
var_dump((string) (1 / 3), ini_get('memory_limit') === '24M');
?>
--EXPECT--
string(1) "9"
bool(false)
bool(false)
array(2) {
  [0]=>
  bool(false)
  [1]=>
  string(45) "Error: Call to undefined function str_rot13()"
}
string(6) "0.3333"
string(1) "3"
bool(false)
bool(false)
array(2) {
  [0]=>
  bool(false)
  [1]=>
  string(45) "Error: Call to undefined function str_rot13()"
}
string(6) "0.3333"
string(3) "24M"
string(7) "0.33333"
bool(false)
