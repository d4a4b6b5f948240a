--TEST--
The script goes on using the array it has published
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/a_published_array_can_be_changed_afterwards.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars};
require __DIR__ . '/../../helpers.inc';

print_in_worker(function () {
    $vars = ['list' => [1, 2, 3], 'text' => 'abc'];
    set_vars($vars);
    $vars['list'][] = 4;
    $vars['text'][0] = 'X';
    unset($vars['gone']);
    var_dump(get_vars('worker') === ['list' => [1, 2, 3], 'text' => 'abc']);
    set_vars($vars);
    var_dump(get_vars('worker') === ['list' => [1, 2, 3, 4], 'text' => 'Xbc']);
    sort($vars['list']);
    array_push($vars['list'], 5);
    var_dump(get_vars('worker')['list'] === [1, 2, 3, 4]);
});
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
