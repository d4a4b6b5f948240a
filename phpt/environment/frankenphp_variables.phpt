--TEST--
With the aliases on, $_SERVER has FrankenPHP's names too
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/frankenphp_variables.php
bgworkers.frankenphp_aliases=1
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\get_vars;
require __DIR__ . '/../helpers.inc';

if (in_worker()) {
    frankenphp_set_vars(array_intersect_key($_SERVER, ['FRANKENPHP_WORKER_NAME' => 1, 'FRANKENPHP_WORKER_BACKGROUND' => 1]));
    $handle = frankenphp_get_worker_handle();
    $read = [$handle];
    stream_select($read, $write, $except, null);
    return;
}
var_dump(frankenphp_get_vars('name of mine'));
var_dump(frankenphp_get_vars(['name of mine']) === ['name of mine' => get_vars('name of mine')]);
var_dump(isset($_SERVER['FRANKENPHP_WORKER_NAME']));
?>
--EXPECT--
array(2) {
  ["FRANKENPHP_WORKER_NAME"]=>
  string(12) "name of mine"
  ["FRANKENPHP_WORKER_BACKGROUND"]=>
  bool(true)
}
bool(true)
bool(false)
