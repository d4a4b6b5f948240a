--TEST--
A copy of a snapshot goes on with the index that a copy of the source goes on with
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/appending_to_what_was_read.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};
require __DIR__ . '/../../helpers.inc';

function arrays(): array
{
    $unset_last = [1, 2, 3];
    unset($unset_last[2]);
    $unset_all = [1, 2, 3];
    unset($unset_all[0], $unset_all[1], $unset_all[2]);
    $unset_first = [1, 2, 3];
    unset($unset_first[0]);
    $popped = [1, 2, 3];
    array_pop($popped);
    $map_without_last = ['a' => 1, 5 => 2, 9 => 3];
    unset($map_without_last[9]);
    return [
        'list' => [1, 2], 'holes' => [0 => 'a', 7 => 'b'], 'map' => ['a' => 1], 'negative' => [-5 => 'a'],
        'unset last' => $unset_last, 'unset first' => $unset_first, 'popped' => $popped,
        'map without last' => $map_without_last, 'large' => [1 << 40 => 1], 'full' => [PHP_INT_MAX => 1],
        'emptied' => $unset_all,
    ];
}
function next_index(array $array): int|string
{
    try {
        $array[] = 'x';
    } catch (Error $error) {
        return $error->getMessage();
    }
    return array_key_last($array);
}
if (in_worker()) {
    set_vars(arrays());
    should_stop(INF);
    return;
}
foreach (get_vars('w') as $what => $array) {
    $expected = next_index(arrays()[$what]);
    $actual = next_index($array);
    echo "$what: ", $expected === $actual ? 'as the source' : "$actual instead of $expected", "\n";
}
?>
--EXPECT--
list: as the source
holes: as the source
map: as the source
negative: as the source
unset last: as the source
unset first: as the source
popped: as the source
map without last: as the source
large: as the source
full: as the source
emptied: 0 instead of 3
