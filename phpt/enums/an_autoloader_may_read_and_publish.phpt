--TEST--
An autoloader may call get_vars(), of the same worker too, while a snapshot is read
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/an_autoloader_may_read_and_publish.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};
require __DIR__ . '/../helpers.inc';

if (in_worker('plain')) {
    set_vars(['plain' => true]);
    should_stop(INF);
    return;
}
if (in_worker('later')) {
    eval('enum Later { case B; }');
    set_vars([Later::B]);
    should_stop(INF);
    return;
}
if (in_worker()) {
    eval('enum Late: int { case A = 1; } enum Later { case B; }');
    for ($i = 0; $i < 2 || !should_stop(0.001); ++$i) {
        set_vars([Late::A, Later::B, $i]);
    }
    return;
}
spl_autoload_register(function (string $class) {
    echo "loading $class\n";
    var_dump(get_vars('plain'));
    if ($class === 'Late') {
        echo thrown(fn() => get_vars('enums')), "\n"; // for Late is being loaded
        var_dump(get_vars('later'));
    }
    eval(['Late' => 'enum Late: int { case A = 1; }', 'Later' => 'enum Later { case B; }'][$class]);
    usleep(10000); // new versions come meanwhile
});
get_vars('plain');
$vars = get_vars('enums');
var_dump($vars[0], $vars[1], $vars[2] <= get_vars('enums')[2]);
?>
--EXPECT--
loading Late
array(1) {
  ["plain"]=>
  bool(true)
}
LogicException: The snapshot holds Late::A, but that class does not exist here
loading Later
array(1) {
  ["plain"]=>
  bool(true)
}
array(1) {
  [0]=>
  enum(Later::B)
}
enum(Late::A)
enum(Later::B)
bool(true)
