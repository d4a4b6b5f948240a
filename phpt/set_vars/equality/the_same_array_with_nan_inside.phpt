--TEST--
The very array that was published last is not looked at again, even with a NAN inside
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/the_same_array_with_nan_inside.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\set_vars;
require __DIR__ . '/../../helpers.inc';

print_in_worker(function () {
    $vars = ['nan' => NAN, 'n' => mt_rand()];
    set_vars($vars);
    set_vars($vars);
    set_vars($vars);
    var_dump(version());
    $vars['n'] = 'changed';
    set_vars($vars);
    var_dump(version());
});
?>
--EXPECT--
int(1)
int(2)
