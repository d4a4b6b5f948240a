--TEST--
A worker that calls set_vars() without its namespace is told what to write
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/life-a_function_without_its_namespace_is_told/workers.ini
bgworkers.log_level=error
error_log=/dev/null
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
use function BgWorkers\{get_vars, status};
foreach (['plain' => 'SET_vars([1]);', 'elsewhere' => 'App\should_stop(1.0);', 'of another' => 'no_such_function();',
    'caught' => 'set_exception_handler(function () {}); get_vars("plain");'] as $name => $code) {
    $workers[$name] = ['code' => $code, 'max_consecutive_failures' => 1];
}
workers($workers);
foreach (array_keys($workers) as $name) {
    $error = thrown(fn () => get_vars($name));
    echo preg_replace('~^.*last error: |' . preg_quote(temp_path('')) . '/~', '', $error), "\n";
}
?>
--EXPECTF--
Error: Call to undefined function SET_vars() in %s.php:%d; did you mean BgWorkers\SET_vars()? Write use function BgWorkers\SET_vars;
Error: Call to undefined function App\should_stop() in %s.php:%d; did you mean BgWorkers\should_stop()? Write use function BgWorkers\should_stop;
Error: Call to undefined function no_such_function() in %s.php:%d
the script ended without a call of BgWorkers\set_vars(); Error: Call to undefined function get_vars() in %s.php:%d; did you mean BgWorkers\get_vars()? Write use function BgWorkers\get_vars;
