--TEST--
Equal is ===: types, order of keys and NAN make a new version, the sign of zero does not
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/equal_means_identical.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars};
require __DIR__ . '/../../helpers.inc';

print_in_worker(function () {
    $new = function (string $what, array $first, array $second) {
        set_vars($first);
        $before = version();
        set_vars($second);
        printf("%-28s %s, === %s, read %s\n", $what, version() > $before ? 'new' : 'same', $first === $second ? 'same' : 'new',
            get_vars('worker') === $second ? 'right' : 'not ===');
    };
    $new('order of keys', ['a' => 1, 'b' => 2], ['b' => 2, 'a' => 1]);
    $new('int and float', [1], [1.0]);
    $new('int and string', [1], ['1']);
    $new('null and false', [null], [false]);
    $new('true and false', [true], [false]);
    $new('[] and null', [[]], [null]);
    $new('one element more', ['a' => []], ['a' => [], 'b' => 1]);
    $new('one element less', ['a' => [], 'b' => 1], ['a' => []]);
    $new('a key', ['a' => 1], ['b' => 1]);
    $new('keys 0 and ""', [0 => 1], ['' => 1]);
    $new('a last byte', ["abc\0d"], ["abc\0e"]);
    $new('deep inside', ['a' => ['b' => ['c' => 1]]], ['a' => ['b' => ['c' => 2]]]);
    $new('list and map', [[1, 2]], [[1 => 2, 0 => 1]]);
    $holes = [1, 2, 3];
    unset($holes[1]);
    $new('holes', $holes, [0 => 1, 2 => 3]);
    $grown = $list = range(1, 1000);
    $grown[] = 1;
    $new('a variable that has grown', $list, $grown);
    $new('NAN', ['a' => NAN], ['a' => NAN]);
    $new('0.0 and -0.0', [0.0], [-0.0]);
    $new('the same', ['a' => [1.5, 'x', null]], ['a' => [1.5, 'x', null]]);
});
?>
--EXPECT--
order of keys                new, === new, read right
int and float                new, === new, read right
int and string               new, === new, read right
null and false               new, === new, read right
true and false               new, === new, read right
[] and null                  new, === new, read right
one element more             new, === new, read right
one element less             new, === new, read right
a key                        new, === new, read right
keys 0 and ""                new, === new, read right
a last byte                  new, === new, read right
deep inside                  new, === new, read right
list and map                 new, === new, read right
holes                        same, === same, read right
a variable that has grown    new, === new, read right
NAN                          new, === new, read not ===
0.0 and -0.0                 same, === same, read right
the same                     same, === same, read right
