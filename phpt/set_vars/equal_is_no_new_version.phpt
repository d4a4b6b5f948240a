--TEST--
Publishing what readers see already is no new version
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/set_vars-equal_is_no_new_version/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => <<<'PHP'
    function version(array $vars): int { BgWorkers\set_vars($vars); return BgWorkers\status()['w']['version']; }
    function same(array $a, array $b): bool { $va = version($a); return version($b) === $va; }
    enum E { case A; case B; }
    $holes = [1, 2, 3]; unset($holes[1]);
    $refs = ['r' => 1]; $r = &$refs['r'];
    $result = [
        'equal' => same(['a' => [1, 'x', null]], ['a' => [1, 'x', null]]),
        'order' => same(['a' => 1, 'b' => 2], ['b' => 2, 'a' => 1]),
        'type' => same([1], [1.0]),
        'minus zero' => same([0.0], [-0.0]),
        'nan' => same([NAN], [NAN]),
        'length' => same([1, 2], [1]),
        'key' => same(['a' => 1], ['b' => 1]),
        'list and map' => same([1 => 'x', 0 => 'y'], [0 => 'y', 1 => 'x']),
        'holes' => same($holes, [0 => 1, 2 => 3]),
        'references' => same($refs, ['r' => 1]),
        'enum' => same([E::A], [E::A]),
        'other case' => same([E::A], [E::B]),
        'empty' => same([], []),
        'null and false' => same([null], [false]),
        'empty and null' => same([[]], [null]),
    ];
    $big = range(1, 1000);
    $version = version($big);
    $result['same array'] = version($big) === $version;
    $big[] = 1;
    $result['same variable, changed'] = version($big) === $version;
    BgWorkers\set_vars($result);
    live();
    PHP]);
// What is read before the result may hold an E, too.
enum E { case A; case B; }
wait_until(fn () => isset(BgWorkers\get_vars('w')['same variable, changed']));
foreach (BgWorkers\get_vars('w') as $what => $same) {
    echo $what, ': ', $same ? 'no new version' : 'new version', "\n";
}
?>
--EXPECT--
equal: no new version
order: new version
type: new version
minus zero: no new version
nan: new version
length: new version
key: new version
list and map: new version
holes: no new version
references: no new version
enum: no new version
other case: new version
empty: no new version
null and false: new version
empty and null: new version
same array: no new version
same variable, changed: new version
