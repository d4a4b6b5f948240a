--TEST--
An array that occurs several times, by value or by reference, is accepted
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/the_same_array_twice_is_not_a_circle.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars};
require __DIR__ . '/../../helpers.inc';

print_in_worker(function () {
    $part = ['p' => ['q' => 1]];
    $vars = ['a' => $part, 'b' => $part, 'c' => [$part, $part], 'd' => &$part, 'e' => &$part, 'f' => [&$part, [&$part]]];
    set_vars($vars);
    $p = ['p' => ['q' => 1]];
    var_dump(get_vars('worker') === ['a' => $p, 'b' => $p, 'c' => [$p, $p], 'd' => $p, 'e' => $p, 'f' => [$p, [$p]]]);
});
?>
--EXPECT--
bool(true)
