--TEST--
Warnings, deprecations and uncaught exceptions of a worker go to the log with its name, whatever display_errors says
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/warnings_name_the_worker.php
error_log={PWD}/warnings.log
display_errors=1
html_errors=1
error_reporting=32767
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};
require __DIR__ . '/../helpers.inc';

if (in_worker()) {
    if (is_file(temp_path('ran'))) {
        set_vars(['second' => 1]);
        should_stop(INF);
        return;
    }
    touch(temp_path('ran'));
    echo $undefined;
    trigger_error("of\ntwo lines", E_USER_NOTICE);
    @trigger_error('silenced', E_USER_WARNING);
    throw new LogicException('at the end');
}
get_vars('w');
foreach (log_lines('[w]') as $line) {
    echo str_replace(__DIR__, '{phpt}', $line), "\n";
}
?>
--CLEAN--
<?php @unlink(__DIR__ . '/warnings.log'); ?>
--EXPECTF--
bgworkers: [w] PHP Warning:  Undefined variable $undefined in {phpt}/warnings_name_the_worker.php on line %d
bgworkers: [w] PHP Notice:  of
bgworkers: [w] two lines in {phpt}/warnings_name_the_worker.php on line %d
bgworkers: [w] PHP Fatal error:  Uncaught LogicException: at the end in {phpt}/warnings_name_the_worker.php:%d
bgworkers: [w] Stack trace:
bgworkers: [w] #0 {main}
bgworkers: [w]   thrown in {phpt}/warnings_name_the_worker.php on line %d
