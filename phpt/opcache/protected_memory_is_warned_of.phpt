--TEST--
opcache.protect_memory, which knows no threads, is warned of when a worker opts in
--EXTENSIONS--
bgworkers
opcache
--INI--
opcache.enable_cli=0
opcache.protect_memory=1
bgworkers.config={TMP}/bgworkers-phpt/opcache-protected_memory_is_warned_of/workers.ini
error_log={PWD}/protected.log
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['on' => ['code' => 'BgWorkers\set_vars([1]); live();', 'opcache' => 1], 'off' => 'BgWorkers\set_vars([1]); live();']);
BgWorkers\get_vars(['on', 'off']);
foreach (log_lines('protect_memory') as $line) {
    echo $line, "\n";
}
?>
--CLEAN--
<?php @unlink(__DIR__ . '/protected.log'); ?>
--EXPECT--
bgworkers: level=warning worker=on event=opcache_risk why="opcache.protect_memory knows no threads: PHP crashes where two of them use OPcache"
