--TEST--
A first line that begins with #! is skipped
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/a_shebang_line_is_skipped.php
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';

$script = write_file('tool', "#!/usr/bin/env php\n<?php BgWorkers\set_vars(['line' => __LINE__]); BgWorkers\should_stop(INF);");
[$exit, $out, $err] = run_php('echo BgWorkers\get_vars("w")["line"], "\n";', ['bgworkers.entrypoint' => $script]);
echo $out, $err, $exit, "\n";
?>
--EXPECT--
2
0
