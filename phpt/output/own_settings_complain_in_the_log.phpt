--TEST--
What PHP says of a worker's own ini[...] is one line in the log with its name, and the worker runs
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/output-own_settings_complain_in_the_log/workers.ini
error_log={TMP}/bgworkers-phpt/output-own_settings_complain_in_the_log/log
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';

workers(['pool' => ['num' => 3, 'ini[date.timezone]' => 'Nowhere/Land', 'ini[precision]' => '7',
    'code' => 'BgWorkers\set_vars([ini_get("precision"), error_get_last()]);
        touch(__DIR__ . "/run-" . hrtime(true)); live();']]);
$code = 'echo json_encode(BgWorkers\get_vars("pool")), "\n"; wait_until(fn () => count(glob(dirname(ini_get("bgworkers.config")) . "/run-*")) === 3);';
print_r(run_php($code, ['bgworkers.config' => ini_get('bgworkers.config'), 'error_log' => ini_get('error_log'), 'bgworkers.log_level' => 'error']));
print_r(log_lines());
?>
--EXPECT--
Array
(
    [0] => 0
    [1] => ["7",null]

    [2] => 
)
Array
(
    [0] => bgworkers: [pool] PHP Warning:  Unknown: Invalid date.timezone value 'Nowhere/Land', using 'UTC' instead in Unknown on line 0
)
