--TEST--
A publication that changes nothing leaves nothing behind
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/no_op_keeps_no_memory.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\set_vars;
require __DIR__ . '/../../helpers.inc';

print_in_worker(function () {
    $make = fn() => ['list' => range(1, 1000), 'text' => str_repeat('x', 10000)];
    set_vars($make());
    set_vars($make());
    $before = memory_get_usage();
    for ($i = 0; $i < 200; ++$i) {
        set_vars($make());
    }
    var_dump(memory_get_usage() - $before < 100000, version());
});
?>
--EXPECT--
bool(true)
int(1)
