--TEST--
Holes, keys and the next free index survive
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/set_vars-values-odd_arrays/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../../helpers.inc';
workers(['w' => <<<'PHP'
    $holes = range(0, 20); unset($holes[3], $holes[7]);
    $appended = [5 => 'a']; $appended[] = 'b';
    $long = [str_repeat('k', 3000) => 1, "nul\0key" => 2, '' => 3, ' 1' => 4, '1' => 5];
    $shrunk = ['a' => 1, 'b' => 2, 'c' => 3]; unset($shrunk['a']);
    BgWorkers\set_vars(compact('holes', 'appended', 'long', 'shrunk') + ['globals' => array_keys(['argv' => $argv, 'argc' => $argc])]);
    live();
    PHP]);
$vars = BgWorkers\get_vars('w');
$holes = range(0, 20); unset($holes[3], $holes[7]);
var_dump($vars['holes'] === $holes, $vars['shrunk'] === ['b' => 2, 'c' => 3]);
$vars['appended'][] = 'c';
var_dump($vars['appended'] === [5 => 'a', 6 => 'b', 7 => 'c']);
var_dump($vars['long'] === [str_repeat('k', 3000) => 1, "nul\0key" => 2, '' => 3, ' 1' => 4, 1 => 5]);
var_dump(isset($vars['long'][str_repeat('k', 3000)], $vars['holes'][4]), isset($vars['holes'][3]));
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(false)
