--TEST--
512 levels are allowed, 513 are not, also where a shared array is what reaches too deep
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/set_vars-depth_limit/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => <<<'PHP'
    function nest(mixed $inner, int $levels): array { for ($i = 0; $i < $levels; ++$i) { $inner = [$inner]; } return $inner; }
    function try_it(array $vars): string {
        try { BgWorkers\set_vars($vars); return 'accepted'; } catch (ValueError $error) { return strstr($error->getMessage(), "is nested"); }
    }
    $said['512'] = try_it(nest(1, 512));
    $said['513'] = try_it(nest(1, 513));
    $shared = nest('x', 200);
    $said['shared 512'] = try_it([$shared, nest($shared, 311)]);
    $said['shared 513'] = try_it([$shared, nest($shared, 312)]);
    $said['100000'] = try_it(nest(1, 20000));
    BgWorkers\set_vars($said);
    live();
    PHP]);
wait_until(fn () => isset(BgWorkers\get_vars('w')['512']));
print_r(BgWorkers\get_vars('w'));
?>
--EXPECT--
Array
(
    [512] => accepted
    [513] => is nested too deeply: 512 levels are allowed
    [shared 512] => accepted
    [shared 513] => is nested too deeply: 512 levels are allowed
    [100000] => is nested too deeply: 512 levels are allowed
)
