--TEST--
should_stop() waits up to its timeout, also in slices of microseconds
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/should_stop_waits.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\should_stop;
require __DIR__ . '/../helpers.inc';

print_in_worker(function () {
    foreach ([0, 0.0, 1e-9, 0.001, 0.05] as $timeout) {
        $began = microtime(true);
        $stop = should_stop($timeout);
        $seconds = microtime(true) - $began;
        var_dump($stop || $seconds < $timeout - 1e-6 || $seconds > $timeout + 1.0);
    }
    echo thrown(fn() => should_stop('x')), "\n";
    var_dump(should_stop(true));
});
?>
--EXPECT--
bool(false)
bool(false)
bool(false)
bool(false)
bool(false)
TypeError: BgWorkers\should_stop(): Argument #1 ($timeout) must be of type float, string given
bool(false)
