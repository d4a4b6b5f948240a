--TEST--
The array published last is looked at again once another was published
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/the_same_array_after_another_publication.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars};
require __DIR__ . '/../../helpers.inc';

print_in_worker(function () {
    $a = ['a' => mt_rand()];
    $b = ['b' => mt_rand()];
    set_vars($a);
    set_vars($b);
    set_vars($a);
    var_dump(version(), get_vars('worker') === $a);
    set_vars($a);
    var_dump(version());
});
?>
--EXPECT--
int(3)
bool(true)
int(3)
