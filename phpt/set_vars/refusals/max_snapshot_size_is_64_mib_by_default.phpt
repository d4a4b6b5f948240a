--TEST--
Without a setting a snapshot may have 64 MiB
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/max_snapshot_size_is_64_mib_by_default.php
memory_limit=-1
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\set_vars;
require __DIR__ . '/../../helpers.inc';

print_in_worker(function () {
    echo thrown(fn() => set_vars(['large' => str_repeat('x', (64 << 20) - 4096)])), "\n";
    echo thrown(fn() => set_vars(['large' => str_repeat('x', 64 << 20)])), "\n";
});
?>
--EXPECTF--
nothing thrown
ValueError: a snapshot of 67%d bytes is larger than bgworkers.max_snapshot_size (67108864 bytes)
