--TEST--
An exception that the autoloader throws passes through untouched
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/an_autoloaders_exception_passes_through.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};
require __DIR__ . '/../helpers.inc';

if (in_worker()) {
    eval('enum Unloadable { case A; }');
    set_vars([Unloadable::A]);
    should_stop(INF);
    return;
}
class Mine extends Exception {}
$mine = new Mine('untouched', 42, new Error('previous'));
$throw = true;
spl_autoload_register(function () use ($mine, &$throw) { if ($throw) { throw $mine; } eval('enum Unloadable { case A; }'); });
foreach (['w', ['w']] as $name) {
    try {
        get_vars($name);
    } catch (Throwable $caught) {
        var_dump($caught === $mine, $caught->getMessage(), $caught->getPrevious()->getMessage());
    }
}
$throw = false;
var_dump(get_vars('w'));
?>
--EXPECT--
bool(true)
string(9) "untouched"
string(8) "previous"
bool(true)
string(9) "untouched"
string(8) "previous"
array(1) {
  [0]=>
  enum(Unloadable::A)
}
