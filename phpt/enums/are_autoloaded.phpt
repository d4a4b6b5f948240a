--TEST--
Enums are autoloaded, once, by whatever autoloader there is
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/are_autoloaded.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};
require __DIR__ . '/../helpers.inc';

$code = 'enum Loaded: string { case A = "a"; case B = "b"; }';
if (in_worker()) {
    eval($code);
    set_vars([Loaded::A, [Loaded::B, [Loaded::A]], str_repeat('x', 100)]);
    should_stop(INF);
    return;
}
$names = [];
spl_autoload_register(function (string $class) use ($code, &$names) {
    $names[] = $class;
    eval($code);
});
var_dump(get_vars('w') === [Loaded::A, [Loaded::B, [Loaded::A]], str_repeat('x', 100)], $names);
?>
--EXPECT--
bool(true)
array(1) {
  [0]=>
  string(6) "Loaded"
}
