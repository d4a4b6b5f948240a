--TEST--
What a worker displays with display_errors=stderr goes to the log, and not to the process's stderr
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/output-display_errors_stderr_is_the_log/workers.ini
error_log={TMP}/bgworkers-phpt/output-display_errors_stderr_is_the_log/log
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';

workers(['w' => 'foreach (["stderr", "2"] as $way) { ini_set("display_errors", $way); ini_set("log_errors", "0"); trigger_error("displayed"); }
    BgWorkers\set_vars([ini_get("display_errors")]); live();']);
print_r(run_php('echo BgWorkers\get_vars("w")[0], "\n"; trigger_error("by the script");', ['bgworkers.config' => ini_get('bgworkers.config'),
    'error_log' => ini_get('error_log'), 'bgworkers.log_level' => 'error', 'display_errors' => 'stderr', 'html_errors' => '0']));
print_r(array_values(array_filter(array_map(fn ($line) => preg_replace('~ in \S*/~', ' in ', $line), log_lines()), fn ($line) => !str_ends_with($line, '] '))));
?>
--EXPECT--
Array
(
    [0] => 0
    [1] => 2

    [2] => Notice: by the script in {tmp}/child1.php on line 1

)
Array
(
    [0] => bgworkers: [w] Notice: displayed in worker-w.php on line 3
    [1] => bgworkers: [w] Notice: displayed in worker-w.php on line 3
)
