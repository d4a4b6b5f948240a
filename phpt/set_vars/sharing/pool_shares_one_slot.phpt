--TEST--
Instances of one worker share one slot, and each publication is whole
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/set_vars-sharing-pool_shares_one_slot/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../../helpers.inc';
workers(['pool' => ['num' => 3, 'code' => <<<'PHP'
    do {
        $x = random_int(0, PHP_INT_MAX);
        BgWorkers\set_vars(['x' => $x, 'again' => array_fill(0, 50, $x)]);
    } while (!BgWorkers\should_stop(0.001));
    PHP]]);
$seen = [];
wait_until(function () use (&$seen) {
    $vars = BgWorkers\get_vars('pool');
    if ($vars['again'] !== array_fill(0, 50, $vars['x'])) {
        echo "torn\n";
    }
    $seen[$vars['x']] = true;
    return count($seen) > 200;
});
var_dump(BgWorkers\status()['pool']['instances'], BgWorkers\status()['pool']['runs']);
?>
--EXPECT--
int(3)
int(3)
