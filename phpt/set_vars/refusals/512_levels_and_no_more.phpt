--TEST--
512 levels are accepted, 513 are a ValueError, however they come about
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/512_levels_and_no_more.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars};
require __DIR__ . '/../../helpers.inc';

function nested(int $levels, mixed $innermost = null): array
{
    $array = func_num_args() < 2 ? [] : $innermost;
    for ($i = func_num_args() < 2 ? 1 : 0; $i < $levels; ++$i) {
        $array = ['k' => $array];
    }
    return $array;
}
function check(string $what, array $vars): void
{
    echo "$what: ", preg_replace('/\$vars\S+ /', '$vars... ', thrown(fn() => set_vars($vars))), "\n";
}
print_in_worker(function () {
    check('512', nested(512));
    $levels = 0;
    for ($read = get_vars('worker'); $read !== []; $read = $read['k']) {
        ++$levels;
    }
    echo $levels + 1, " levels read\n";
    check('513', nested(513));
    check('512 with a scalar inside', nested(512, 1));
    check('513 with a scalar inside', nested(513, 1));
    check('100000', nested(100000));

    // An array that occurs at two depths: measured at the lesser one first.
    $shared = nested(400);
    check('shared, 401 and 512', ['near' => $shared, 'far' => nested(111, $shared)]);
    check('shared, 401 and 513', ['near' => $shared, 'far' => nested(112, $shared)]);
    check('shared, 513 and 401', ['far' => nested(112, $shared), 'near' => $shared]);
    $by_reference = nested(511);
    check('by reference 512', ['a' => &$by_reference]);
    $by_reference = nested(512);
    check('by reference 513', ['a' => &$by_reference]);
    check('wide and flat', array_fill(0, 1000, nested(100)));
});
?>
--EXPECT--
512: nothing thrown
512 levels read
513: ValueError: $vars... is nested too deeply: 512 levels are allowed
512 with a scalar inside: nothing thrown
513 with a scalar inside: ValueError: $vars... is nested too deeply: 512 levels are allowed
100000: ValueError: $vars... is nested too deeply: 512 levels are allowed
shared, 401 and 512: nothing thrown
shared, 401 and 513: ValueError: $vars... is nested too deeply: 512 levels are allowed
shared, 513 and 401: ValueError: $vars... is nested too deeply: 512 levels are allowed
by reference 512: nothing thrown
by reference 513: ValueError: $vars... is nested too deeply: 512 levels are allowed
wide and flat: nothing thrown
