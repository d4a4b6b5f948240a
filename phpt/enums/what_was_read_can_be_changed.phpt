--TEST--
An array with enums can be changed and published again, and is no one else's
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/what_was_read_can_be_changed.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars};
require __DIR__ . '/../helpers.inc';

enum Level { case Low; case High; }
print_in_worker(function () {
    set_vars(['level' => Level::Low, 'list' => [1, [Level::High]], 'plain' => [1, 2]]);
    $first = get_vars('worker');
    $second = get_vars('worker');
    $first['level'] = Level::High;
    $first['list'][1][] = 'more';
    $first['plain'][] = 3;
    $reference = &$second['list'][1][0];
    $reference = null;
    unset($reference);
    var_dump(get_vars('worker') === ['level' => Level::Low, 'list' => [1, [Level::High]], 'plain' => [1, 2]]);
    set_vars($first);
    var_dump(get_vars('worker') === $first, version());
    set_vars(get_vars('worker'));
    var_dump(version());
    set_vars(['level' => Level::Low] + $first);
    var_dump(version(), get_vars('worker')['level']);
});
?>
--EXPECT--
bool(true)
bool(true)
int(2)
int(2)
int(3)
enum(Level::Low)
