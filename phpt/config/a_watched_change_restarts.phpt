--TEST--
A change of a watched file, directory or pattern restarts the worker, a burst once; other files do not
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={PWD}/a_watched_change_restarts.ini
error_log={PWD}/watch.log
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop, status};
require __DIR__ . '/../helpers.inc';

if (in_worker()) {
    set_vars(['run' => ($run = 1 + (int) @file_get_contents(temp_path("run-$argv[1]"))), 'value' => @file_get_contents(temp_path('watched.txt'))]);
    file_put_contents(temp_path("run-$argv[1]"), $run);
    should_stop(INF);
    return;
}
// The paths of the workers file are relative to it: a link leads to this process's directory.
@unlink(__DIR__ . '/watch-area');
symlink(temp_path(''), __DIR__ . '/watch-area');
write_file('watched.txt', 'one');
write_file('src/deep/a.php', '1');
write_file('conf/a.yaml', '1');
$names = ['file', 'tree', 'pattern', 'none'];
get_vars($names);
usleep(300000); // the watchers are set
$runs = fn() => array_map(fn($vars) => $vars['run'], get_vars($names));
$expect = function (string $what, array $expected) use ($runs) {
    wait_until(fn() => $runs() === $expected || $runs() > $expected, 20);
    usleep(400000);
    echo $what, ': ', json_encode($runs()), "\n";
};
for ($i = 0; $i < 10; ++$i) {
    file_put_contents(temp_path('watched.txt'), "two $i");
}
$expect('a burst', ['file' => 2, 'tree' => 1, 'pattern' => 1, 'none' => 1]);
echo get_vars('file')['value'], "\n";
write_file('watched.txt', 'three');
$expect('a rename over it', ['file' => 3, 'tree' => 1, 'pattern' => 1, 'none' => 1]);
write_file('src/deep/deeper/new.php', 'x');
$expect('a new file deep below', ['file' => 3, 'tree' => 2, 'pattern' => 1, 'none' => 1]);
file_put_contents(temp_path('src/deep/deeper/new.php'), 'y');
$expect('that file again', ['file' => 3, 'tree' => 3, 'pattern' => 1, 'none' => 1]);
file_put_contents(temp_path('conf/a.txt'), 'x');
file_put_contents(temp_path('conf/b.yaml'), 'x');
$expect('a new file of the pattern', ['file' => 3, 'tree' => 3, 'pattern' => 2, 'none' => 1]);
var_dump(array_column(status(), 'crashes'));
unlink(__DIR__ . '/watch-area');
?>
--CLEAN--
<?php @unlink(__DIR__ . '/watch.log'); ?>
--EXPECT--
a burst: {"file":2,"tree":1,"pattern":1,"none":1}
two 9
a rename over it: {"file":3,"tree":1,"pattern":1,"none":1}
a new file deep below: {"file":3,"tree":2,"pattern":1,"none":1}
that file again: {"file":3,"tree":3,"pattern":1,"none":1}
a new file of the pattern: {"file":3,"tree":3,"pattern":2,"none":1}
array(4) {
  [0]=>
  int(0)
  [1]=>
  int(0)
  [2]=>
  int(0)
  [3]=>
  int(0)
}
