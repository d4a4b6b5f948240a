--TEST--
A reader that never ends and asks for lists of names keeps no old versions, though some names were fresh already
--EXTENSIONS--
bgworkers
--SKIPIF--
<?php if (!is_readable('/proc/self/status')) die('skip needs /proc'); ?>
--INI--
bgworkers.config={PWD}/publishers.ini
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\get_vars;

function resident_mib(): int
{
    preg_match('/^VmRSS:\s+(\d+)/m', file_get_contents('/proc/self/status'), $match);
    return intdiv((int) $match[1], 1024);
}

get_vars(['fast', 'slow']);
$before = resident_mib();
$versions = [];
$until = microtime(true) + 30;
do {
    ['fast' => $fast, 'slow' => $slow] = get_vars(['fast', 'slow']);
    $versions[$fast['version'] . '/' . $slow['version']] = true;
    usleep(500);
} while (count($versions) < 400 && microtime(true) < $until);

var_dump(count($versions) >= 400);
// Each version is 1 MiB; a handful of them is in use at a time.
var_dump(resident_mib() - $before < 100);
?>
--EXPECT--
bool(true)
bool(true)
