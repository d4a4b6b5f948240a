--TEST--
Another case, and a case of another enum with the same name, is not equal
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/another_case_is_a_new_version.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars};
require __DIR__ . '/../helpers.inc';

enum A: int { case X = 1; case Y = 2; }
enum B: int { case X = 1; }
print_in_worker(function () {
    foreach ([[A::X], [A::X], [A::Y], [B::X], ['X'], [1], [A::X, A::X], [A::X]] as $vars) {
        set_vars($vars);
        echo version(), get_vars('worker') === $vars ? '' : ' wrong', "\n";
    }
});
?>
--EXPECT--
1
1
2
3
4
5
6
7
