--TEST--
The catch-all starts any name up to its cap, and a name keeps its place
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/get_vars-catch_all_cap/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['*' => ['code' => 'BgWorkers\set_vars([$argv[1]]); live();', 'max_threads' => 2]]);
use function BgWorkers\get_vars;
attempt(fn () => get_vars(['one', 'two']));
attempt(fn () => get_vars('three'));
attempt(fn () => get_vars('one'));
?>
--EXPECT--
array(2) {
  ["one"]=>
  array(1) {
    [0]=>
    string(3) "one"
  }
  ["two"]=>
  array(1) {
    [0]=>
    string(3) "two"
  }
}
RuntimeException: cannot start worker "three": the catch-all is full, it may start 2 names; raise max_threads in its [*] section
array(1) {
  [0]=>
  string(3) "one"
}
