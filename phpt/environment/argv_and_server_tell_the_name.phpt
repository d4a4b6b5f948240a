--TEST--
$argv, $argc and $_SERVER tell script, name and arguments, and no env can spoof them
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={PWD}/argv_and_server_tell_the_name.ini
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};
require __DIR__ . '/../helpers.inc';

if (in_worker()) {
    (function () { global $argc; set_vars(['argv' => $GLOBALS['argv'], 'argc' => $argc, 'server' => $_SERVER, 'env' => $_ENV]); })();
    should_stop(INF);
    return;
}
foreach (get_vars(['first worker', '42']) as $vars) {
    ['argv' => $argv, 'argc' => $argc, 'server' => $server, 'env' => $env] = $vars;
    echo str_replace(dirname(__DIR__), '{phpt}', json_encode($argv, JSON_UNESCAPED_SLASHES)), "\n";
    var_dump($argc, $server['argv'] === $argv, $server['argc'] === $argc, $server['BGWORKERS_NAME'], $server['BGWORKERS_BACKGROUND']);
    var_dump(array_keys(array_filter($server, fn($value) => $value === 'spoofed')));
    var_dump(isset($server['FRANKENPHP_WORKER_NAME']), isset($env['BGWORKERS_NAME']));
}
?>
--EXPECT--
["{phpt}/environment/argv_and_server_tell_the_name.php","first worker","one","two words","--three=3"]
int(5)
bool(true)
bool(true)
string(12) "first worker"
bool(true)
array(0) {
}
bool(false)
bool(false)
["{phpt}/environment/../environment/argv_and_server_tell_the_name.php","42"]
int(2)
bool(true)
bool(true)
string(2) "42"
bool(true)
array(0) {
}
bool(false)
bool(false)
