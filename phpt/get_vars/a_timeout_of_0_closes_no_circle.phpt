--TEST--
get_vars() with a timeout of 0 does not wait, so it closes no circle
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/get_vars-a_timeout_of_0_closes_no_circle/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
use function BgWorkers\get_vars;

$ask = fn (string $what) => <<<PHP
    foreach ([0, 0.0, -0.0, 1e-9] as \$timeout) {
        try {
            BgWorkers\\get_vars($what, \$timeout);
        } catch (RuntimeException \$error) {
            \$said[] = get_class(\$error) . (str_contains(\$error->getMessage(), 'circle') ? ' circle' : '');
        }
    }
    BgWorkers\\set_vars(\$said);
    live();
    PHP;
workers([
    'self' => $ask('"self"'), 'in a list' => $ask('["other", "in a list"]'), 'other' => 'live();',
    // "waits" waits for "asks", which asks back.
    'waits' => 'BgWorkers\set_vars(BgWorkers\get_vars("asks")); live();', 'asks' => $ask('["waits"]'),
]);
foreach (['self', 'in a list', 'waits'] as $name) {
    echo $name, ': ', implode(', ', get_vars($name)), "\n";
}
?>
--EXPECT--
self: BgWorkers\TimeoutException, BgWorkers\TimeoutException, BgWorkers\TimeoutException, RuntimeException circle
in a list: BgWorkers\TimeoutException, BgWorkers\TimeoutException, BgWorkers\TimeoutException, RuntimeException circle
waits: BgWorkers\TimeoutException, BgWorkers\TimeoutException, BgWorkers\TimeoutException, RuntimeException circle
