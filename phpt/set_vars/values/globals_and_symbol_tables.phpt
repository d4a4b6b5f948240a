--TEST--
Arrays made from symbol tables are published as arrays
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/globals_and_symbol_tables.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars};
require __DIR__ . '/../../helpers.inc';

print_in_worker(function () {
    $a = 1;
    $b = ['x' => 2];
    $gone = 3;
    unset($gone);
    set_vars(get_defined_vars());
    var_dump(get_vars('worker') === ['a' => 1, 'b' => ['x' => 2]]);
    $object = new class { public $p = 1; protected $q = [2]; public $unset = 3; };
    unset($object->unset);
    set_vars((array) $object);
    var_dump(array_values(get_vars('worker')) === [1, [2]], count(get_vars('worker')));
    set_vars(get_object_vars(new ArrayObject));
    var_dump(get_vars('worker'));
    $GLOBALS['mine'] = 'here';
    set_vars(array_intersect_key($GLOBALS, ['mine' => 1, 'argc' => 1]));
    var_dump(get_vars('worker') === ['argc' => 2, 'mine' => 'here']);
    set_vars($_SERVER);
    var_dump(get_vars('worker')['BGWORKERS_NAME']);
});
?>
--EXPECT--
bool(true)
bool(true)
int(2)
array(0) {
}
bool(true)
string(6) "worker"
