--TEST--
Publishing what readers see already is no new version
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/an_equal_array_is_no_new_version.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars};
require __DIR__ . '/../../helpers.inc';

function vars(int $value = 1): array
{
    return ['int' => $value, 'list' => [1, 2, 3], 'map' => ['a' => 'x', 'b' => ['c' => 1.5]], 'empty' => [], 'null' => null];
}
print_in_worker(function () {
    set_vars(vars());
    $version = version();
    $read = get_vars('worker');
    $same = fn(array $vars) => [set_vars($vars), version() === $version][1];
    $mine = vars();
    $reference = 1;
    $packed_as_hash = vars();
    $packed_as_hash['list'] = array_filter([0 => 1, 'x' => 0, 1 => 2, 2 => 3]);
    foreach ([
        'an equal array' => vars(),
        'one made piece by piece' => array_merge(vars(), []),
        'a list that was a map' => $packed_as_hash,
        'with a reference in it' => ['int' => &$reference] + vars(),
        'what was read' => $read,
        'what was read, copied' => unserialize(serialize($read)),
    ] as $what => $vars) {
        echo "$what: ";
        var_dump($same($vars));
    }
    echo "the very array, 1000 times: ";
    set_vars($mine);
    for ($i = 0; $i < 1000; ++$i) {
        set_vars($mine);
    }
    var_dump($same($mine), get_vars('worker') === $read);
});
?>
--EXPECT--
an equal array: bool(true)
one made piece by piece: bool(true)
a list that was a map: bool(true)
with a reference in it: bool(true)
what was read: bool(true)
what was read, copied: bool(true)
the very array, 1000 times: bool(true)
bool(true)
