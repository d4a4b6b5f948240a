--TEST--
An array of 2^40 paths is published, compared, read and freed in no time and in little room
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/shared_parts_are_published_once.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, status};
require __DIR__ . '/../../helpers.inc';

enum Leaf { case Green; }
function folded(mixed $leaf, int $times = 40): array
{
    $array = ['leaf' => $leaf];
    for ($i = 0; $i < $times; ++$i) {
        $array = [$array, $array];
    }
    return $array;
}
function folded_by_reference(): array
{
    $array = ['leaf' => 1];
    for ($i = 0; $i < 40; ++$i) {
        $next = [&$array, &$array];
        unset($array);
        $array = $next;
        unset($next);
    }
    return $array;
}
function leaf(array $array): mixed
{
    for ($i = 0; $i < 40; ++$i) {
        $array = $array[$i % 2];
    }
    return $array['leaf'];
}
print_in_worker(function () {
    set_vars(folded('text'));
    var_dump(leaf(get_vars('worker')), status()['worker']['bytes'] < 10000, version());
    set_vars(folded('text'));
    var_dump(version());
    set_vars(folded_by_reference());
    var_dump(leaf(get_vars('worker')), status()['worker']['bytes'] < 10000, version());
    set_vars(folded_by_reference());
    var_dump(version());
    set_vars(folded(Leaf::Green));
    $before = memory_get_usage();
    var_dump(leaf(get_vars('worker')), memory_get_usage() - $before < 50000, version());
    set_vars(folded(Leaf::Green));
    var_dump(version());
    echo thrown(fn() => set_vars(['deep' => folded('x', 510), 'too deep' => [folded('x', 511)]])) !== 'nothing thrown' ? "refused\n" : "";
    // So many versions that a reader without an end gets copies of its own.
    for ($i = 0; $i < 50; ++$i) {
        set_vars(folded([$i, Leaf::Green]));
        leaf(get_vars('worker'))[0] === $i || print("wrong\n");
        set_vars(folded([$i]));
        leaf(get_vars('worker')) === [$i] || print("wrong\n");
    }
});
?>
--EXPECT--
string(4) "text"
bool(true)
int(1)
int(1)
int(1)
bool(true)
int(2)
int(2)
enum(Leaf::Green)
bool(true)
int(3)
int(3)
refused
