--TEST--
A link to the script is resolved at each run
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/scripts_are_found_through_symbolic_links.php
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';

$one = write_file('one/w.php', '<?php BgWorkers\set_vars(["release" => 1, "dir" => basename(__DIR__)]); BgWorkers\should_stop(1.1);');
$two = write_file('two/w.php', '<?php BgWorkers\set_vars(["release" => 2, "dir" => basename(__DIR__)]); BgWorkers\should_stop(INF);');
symlink(temp_path('one'), temp_path('current'));
$code = '$first = BgWorkers\get_vars("w"); $dir = ' . var_export(temp_path(''), true) . ';
    symlink("$dir/two", "$dir/next"); rename("$dir/next", "$dir/current");
    $second = wait_until(fn() => BgWorkers\get_vars("w")["release"] === 2 ? BgWorkers\get_vars("w") : null);
    echo json_encode([$first, $second]), "\n";';
[$exit, $out, $err] = run_php($code, ['bgworkers.entrypoint' => temp_path('current/w.php')]);
echo $out, $err, $exit, "\n";
?>
--EXPECT--
[{"release":1,"dir":"one"},{"release":2,"dir":"two"}]
0
