--TEST--
A cli script ends with its own exit status while workers live
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/exit_codes_of_a_cli_script.php
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';

write_file('w.php', '<?php BgWorkers\set_vars([]); while (!BgWorkers\should_stop(1));');
$ini = ['bgworkers.entrypoint' => temp_path('w.php'), 'display_errors' => '0'];
foreach ([
    'end of the script' => 'BgWorkers\get_vars("w");',
    'exit 7' => 'BgWorkers\get_vars(["w", "v"]); exit(7);',
    'exit in a function' => 'BgWorkers\get_vars("w"); (function () { try { exit(8); } finally { echo "no"; } })();',
    'exit in a shutdown function' => 'BgWorkers\get_vars("w"); register_shutdown_function(fn() => exit(9));',
    'exit in a destructor' => 'BgWorkers\get_vars("w"); class D { function __destruct() { exit(10); } } $d = new D;',
    'uncaught' => 'BgWorkers\get_vars("w"); throw new Exception;',
    'fatal' => 'BgWorkers\get_vars("w"); nothing();',
    'memory limit' => 'BgWorkers\get_vars("w"); ini_set("memory_limit", "4M"); str_repeat("x", 1 << 25);',
    'text' => 'BgWorkers\get_vars("w"); exit("bye\n");',
    'at once' => 'try { BgWorkers\get_vars("w", 0); } catch (BgWorkers\TimeoutException) { echo "not yet\n"; } exit(11);',
    'starts in a shutdown function' => 'register_shutdown_function(function () { BgWorkers\get_vars("late"); exit(12); });',
    'reads in a destructor' => 'class D { function __destruct() { echo count(BgWorkers\get_vars("w")), "\n"; exit(13); } } $d = new D;',
] as $what => $code) {
    [$exit, $out] = run_php($code, $ini);
    echo "$what: $exit $out", $out === '' ? "\n" : '';
}
?>
--EXPECT--
end of the script: 0 
exit 7: 7 
exit in a function: 8 
exit in a shutdown function: 9 
exit in a destructor: 10 
uncaught: 255 
fatal: 255 
memory limit: 255 
text: 0 bye
at once: 11 not yet
starts in a shutdown function: 12 
reads in a destructor: 13 0
