--TEST--
should_stop() checks its time-out as get_vars() does
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/handle-should_stop_arguments/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => <<<'PHP'
    foreach ([-1, NAN, -INF] as $timeout) {
        try { BgWorkers\should_stop($timeout); } catch (ValueError $error) { $said[] = $error->getMessage(); }
    }
    $said[] = BgWorkers\should_stop(0);
    BgWorkers\set_vars($said);
    BgWorkers\should_stop(INF);
    PHP]);
print_r(BgWorkers\get_vars('w'));
?>
--EXPECT--
Array
(
    [0] => BgWorkers\should_stop(): Argument #1 ($timeout) must be a number of seconds, 0 or more
    [1] => BgWorkers\should_stop(): Argument #1 ($timeout) must be a number of seconds, 0 or more
    [2] => BgWorkers\should_stop(): Argument #1 ($timeout) must be a number of seconds, 0 or more
    [3] => 
)
