--TEST--
bgworkers.max_threads limits all instances of the process
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/get_vars-max_threads/workers.ini
bgworkers.log_level=error
bgworkers.max_threads=3
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['pool' => ['code' => 'BgWorkers\set_vars([]); live();', 'num' => 3], 'one' => 'BgWorkers\set_vars([]); live();',
    '*' => 'BgWorkers\set_vars([]); live();']);
use function BgWorkers\get_vars;
attempt(fn () => get_vars('one'));
attempt(fn () => get_vars('pool'));
attempt(fn () => get_vars('any'));
attempt(fn () => get_vars('other'));
attempt(fn () => get_vars('third'));
?>
--EXPECT--
array(0) {
}
RuntimeException: cannot start worker "pool": it needs 3 threads, 1 are taken and bgworkers.max_threads=3; raise it in php.ini
array(0) {
}
array(0) {
}
RuntimeException: cannot start worker "third": bgworkers.max_threads=3 is reached; raise it in php.ini
