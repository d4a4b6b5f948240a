--TEST--
A script that is gone when a run begins is a crash that says so; it comes back with the file
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/a_script_that_goes_away.php
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';

write_file('w.php', '<?php BgWorkers\set_vars(["run" => 1 + (int) @file_get_contents(__DIR__ . "/runs")]); file_put_contents(__DIR__ . "/runs", "1"); if (!is_file(__DIR__ . "/back")) { unlink(__FILE__); exit(1); } BgWorkers\should_stop(INF);');
$code = '$dir = ' . var_export(temp_path(''), true) . '; copy("$dir/w.php", "$dir/copy");
    BgWorkers\get_vars("w");
    echo wait_until(fn() => ($e = BgWorkers\status()["w"]["last_error"]) !== null ? $e : null), "\n";
    var_dump(BgWorkers\get_vars("w"));
    touch("$dir/back"); rename("$dir/copy", "$dir/w.php");
    wait_until(fn() => BgWorkers\get_vars("w")["run"] === 2); var_dump(BgWorkers\get_vars("w"));';
[$exit, $out, $err] = run_php($code, ['bgworkers.entrypoint' => temp_path('w.php'), 'bgworkers.log_level' => 'error']);
echo $out, $err, $exit, "\n";
?>
--EXPECT--
cannot open the script {tmp}/w.php: No such file or directory
array(1) {
  ["run"]=>
  int(1)
}
array(1) {
  ["run"]=>
  int(2)
}
0
