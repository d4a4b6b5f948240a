--TEST--
An array that contains itself is a ValueError, in every shape
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/an_array_that_contains_itself_is_refused.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{set_vars, status};
require __DIR__ . '/../../helpers.inc';

print_in_worker(function () {
    $direct = ['a' => 1];
    $direct['self'] = &$direct;
    $nested = ['x' => ['y' => ['z' => 1]]];
    $nested['x']['y']['back'] = &$nested;
    $inner = ['n' => 1];
    $inner['again'] = &$inner;
    $one = ['one' => 1];
    $two = ['two' => 2, 'one' => &$one];
    $one['two'] = &$two;
    $list = [];
    $list[] = &$list;
    $through_two_references = [];
    $through_two_references[0] = [&$through_two_references];
    $late = [range(1, 5), ['k' => 'v'], null];
    $late[2] = &$late;
    foreach ([
        'direct' => $direct, 'nested' => $nested, 'inside' => ['top' => $inner], 'mutual' => $one, 'list' => $list,
        'two references' => $through_two_references, 'late' => $late,
    ] as $shape => $vars) {
        echo "$shape: ", thrown(fn() => set_vars($vars)), "\n";
    }
    echo "nothing published: ";
    var_dump(status()['worker']['ready']);
});
?>
--EXPECTF--
direct: ValueError: $vars['self']%S contains itself
nested: ValueError: $vars['x']['y']['back']%S contains itself
inside: ValueError: $vars['top']['again']%S contains itself
mutual: ValueError: $vars['two']['one']%S contains itself
list: ValueError: $vars[0]%S contains itself
two references: ValueError: $vars[0][0]%S contains itself
late: ValueError: $vars[2]%S contains itself
nothing published: bool(false)
