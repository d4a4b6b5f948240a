--TEST--
A reader that never ends and asks for lists of names keeps no old versions, though some names were fresh already
--EXTENSIONS--
bgworkers
--SKIPIF--
<?php if (!is_readable('/proc/self/status')) die('skip needs /proc'); ?>
--INI--
bgworkers.config={TMP}/bgworkers-phpt/memory-list_of_names_keeps_no_old_versions/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
$publisher = fn (float $pause) => <<<PHP
    \$version = 0;
    do {
        BgWorkers\\set_vars(['version' => ++\$version, 'payload' => str_repeat(chr(\$version % 256), 1 << 20)]);
    } while (!BgWorkers\\should_stop($pause));
    PHP;
workers(['fast' => $publisher(0.001), 'slow' => $publisher(0.002)]);

function resident_mib(): int
{
    preg_match('/^VmRSS:\s+(\d+)/m', file_get_contents('/proc/self/status'), $match);
    return intdiv((int) $match[1], 1024);
}

BgWorkers\get_vars(['fast', 'slow']);
$before = resident_mib();
$versions = [];
wait_until(function () use (&$versions) {
    ['fast' => $fast, 'slow' => $slow] = BgWorkers\get_vars(['fast', 'slow']);
    $versions[$fast['version'] . '/' . $slow['version']] = true;
    return count($versions) >= 200;
}, 60);
// Each version is 1 MiB; a handful of them is in use at a time.
var_dump(resident_mib() - $before < 80);
?>
--EXPECT--
bool(true)
