--TEST--
A reader that runs out of memory while it rebuilds a snapshot loses its request alone
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/reads_after_a_memory_limit.php
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';

$worker = write_file('w.php', '<?php enum E { case A; } BgWorkers\set_vars(array_fill(0, 200000, [E::A, [E::A]])); BgWorkers\should_stop(INF);');
$reader = write_file('r.php', '<?php enum E { case A; } if (!is_file(__DIR__ . "/ran")) { touch(__DIR__ . "/ran"); BgWorkers\get_vars("w"); }
    ini_set("memory_limit", "-1"); BgWorkers\set_vars(["read" => BgWorkers\get_vars("w")[199999][1][0] === E::A]); BgWorkers\should_stop(INF);');
$config = write_file('workers.ini', "[w]\nscript = w.php\nini[memory_limit] = -1\n[r]\nscript = r.php\nini[memory_limit] = 6M\n");
$code = 'var_dump(BgWorkers\get_vars("r"), BgWorkers\status()["r"]["last_error"]);';
[$exit, $out, $err] = run_php($code, ['bgworkers.config' => $config]);
echo $out, $exit, "\n";
[$exit, $out] = run_php('enum E { case A; } register_shutdown_function(function () { ini_set("memory_limit", "-1"); unlink(' . var_export(temp_path('ran'), true) . '); echo count(BgWorkers\get_vars("w")), "\n"; });
    BgWorkers\get_vars("w");', ['bgworkers.config' => $config, 'memory_limit' => '6M', 'display_errors' => '0']);
echo $out, $exit, "\n";
?>
--EXPECTF--
array(1) {
  ["read"]=>
  bool(true)
}
string(%d) "Allowed memory size of 6291456 bytes exhausted%S(tried to allocate %d bytes) in {tmp}/r.php:1"
0
200000
255
