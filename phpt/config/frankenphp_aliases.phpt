--TEST--
With the aliases on, code written for FrankenPHP runs unchanged
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/config-frankenphp_aliases/workers.ini
bgworkers.log_level=error
bgworkers.frankenphp_aliases=1
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => <<<'PHP'
    $handle = frankenphp_get_worker_handle();
    frankenphp_set_vars(['name' => $_SERVER['FRANKENPHP_WORKER_NAME'], 'background' => $_SERVER['FRANKENPHP_WORKER_BACKGROUND']]);
    $r = [$handle]; $n = null;
    stream_select($r, $n, $n, null);
    PHP]);
var_dump(frankenphp_get_vars('w'));
echo new ReflectionFunction('frankenphp_get_vars');
echo run_php('var_dump(function_exists("frankenphp_get_vars"));', ['bgworkers.frankenphp_aliases' => 0])[1];
?>
--EXPECT--
array(2) {
  ["name"]=>
  string(1) "w"
  ["background"]=>
  bool(true)
}
Function [ <internal:bgworkers> function frankenphp_get_vars ] {

  - Parameters [2] {
    Parameter #0 [ <required> array|string $name ]
    Parameter #1 [ <optional> float $timeout = 30.0 ]
  }
  - Return [ array ]
}
bool(false)
