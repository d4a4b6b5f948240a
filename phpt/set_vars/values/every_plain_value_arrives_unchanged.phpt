--TEST--
null, bool, int, float, string and arrays of those arrive as they were published
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/every_plain_value_arrives_unchanged.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};
require __DIR__ . '/../../helpers.inc';

function values(): array
{
    return [
        'null' => null, 'true' => true, 'false' => false,
        'ints' => [0, 1, -1, PHP_INT_MAX, PHP_INT_MIN],
        'floats' => [0.0, 1.5, -1.5, PHP_FLOAT_MAX, PHP_FLOAT_MIN, PHP_FLOAT_EPSILON, 5e-324, INF, -INF],
        'strings' => ['', 'a', "\0", "a\0b\0", 'Ünïcödé', "\xff\xfe", str_repeat('0123456789', 100000)],
        'empty' => [], 'empties' => [[], [[]], ['' => []]],
        '' => 'the empty key', "nul\0key" => 1, str_repeat('k', 70000) => 2, '0' => 3, '-5' => 4, '05' => 5, ' 6' => 6,
        PHP_INT_MAX => 'max', PHP_INT_MIN => 'min', '9223372036854775808' => 'beyond', '1.5' => 7,
        'list' => range(0, 1000), 'map' => array_flip(range(1000, 3000)),
        'holes' => array_diff_key([1, 2, 3, 4, 5], [1 => 0, 3 => 0]),
        'backwards' => [3 => 'a', 2 => 'b', 1 => 'c', 0 => 'd'],
        'numbers as strings' => ['1', '1e3', '0x1A', ' 1'],
    ];
}
if (in_worker()) {
    set_vars(values());
    should_stop(INF);
    return;
}
$vars = get_vars('w');
var_dump($vars === values());
var_dump(array_keys($vars) === array_keys(values()));
var_dump(serialize($vars) === serialize(values()));
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
