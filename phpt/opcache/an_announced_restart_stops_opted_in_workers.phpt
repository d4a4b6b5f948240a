--TEST--
A reset asks workers with opcache=1 to stop at once (PHP >= 8.4); the others go on
--EXTENSIONS--
bgworkers
opcache
--SKIPIF--
<?php if (PHP_VERSION_ID < 80400) die('skip the engine announces restarts since 8.4'); ?>
--INI--
opcache.enable=1
opcache.enable_cli=1
bgworkers.config={PWD}/an_announced_restart_stops_opted_in_workers.ini
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop, status};
require __DIR__ . '/../helpers.inc';

if (in_worker()) {
    set_vars(['published' => $argv[1]]);
    should_stop(INF);
    return;
}
get_vars(['off', 'on']);
opcache_reset();
wait_until(fn() => status()['on']['state'] === 'backoff');
var_dump(get_vars(['off', 'on'], 0), status()['off']['state'], status()['on']['crashes'], status()['on']['runs']);
?>
--EXPECT--
array(2) {
  ["off"]=>
  array(1) {
    ["published"]=>
    string(3) "off"
  }
  ["on"]=>
  array(1) {
    ["published"]=>
    string(2) "on"
  }
}
string(7) "running"
int(0)
int(1)
