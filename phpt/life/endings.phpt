--TEST--
However a run ends, only that run is lost: the next one starts clean, readers keep the last snapshot
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={PWD}/endings.ini
error_log={PWD}/endings.log
memory_limit=128M
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop, status};
require __DIR__ . '/../helpers.inc';

if (in_worker()) {
    $name = $_SERVER['BGWORKERS_NAME'];
    $run = 1 + (int) @file_get_contents(temp_path($name));
    file_put_contents(temp_path($name), $run);
    $clean = !class_exists('LeftOver', false) && !function_exists('left_over') && !defined('LEFT_OVER') && ini_get('precision') !== '3' && !isset($left_over);
    eval('class LeftOver {} function left_over() { static $n = 0; return ++$n; } define("LEFT_OVER", 1);');
    $left_over = left_over();
    ini_set('precision', '3');
    set_error_handler(fn() => false);
    if ($run > 1) {
        await_flag("$name checked");
        set_vars(['run' => $run, 'clean' => $clean, 'static' => $left_over]);
        should_stop(INF);
        return;
    }
    set_vars(['run' => $run]);
    switch ($name) {
        case 'return': return 5;
        case 'exit 0': exit(0);
        case 'exit 3': exit(3);
        case 'exit text': exit('bye');
        case 'uncaught': throw new LogicException("thrown with 'secret' arguments");
        case 'uncaught in shutdown function': register_shutdown_function(fn() => throw new LogicException('late')); return;
        case 'fatal': undefined_function();
        case 'trigger_error': @trigger_error('by hand', E_USER_ERROR); return;
        case 'memory': str_repeat('x', 1 << 30); return;
        case 'parse': require write_file('broken.php', '<?php this is no PHP'); return;
        case 'exit in a function': array_map(function () { try { exit(9); } finally { echo 'not run'; } }, [1]);
    }
}
$names = array_keys(status());
get_vars($names);
foreach ($names as $name) {
    $facts = wait_until(fn() => status()[$name]['runs'] > 1 ? status()[$name] : null);
    printf("%s: status %d, %d crashes, %s\n", $name, $facts['last_exit_status'], $facts['crashes'],
        str_replace([__DIR__, temp_path('')], ['{phpt}', '{tmp}'], $facts['last_error'] ?? '-'));
    var_dump(get_vars($name) === ['run' => 1], $facts['ready']);
    raise_flag("$name checked");
    wait_until(fn() => get_vars($name)['run'] > 1);
    var_dump(get_vars($name) === ['run' => 2, 'clean' => true, 'static' => 1]);
}
?>
--CLEAN--
<?php @unlink(__DIR__ . '/endings.log'); ?>
--EXPECTF--
exit 0: status 0, 0 crashes, -
bool(true)
bool(true)
bool(true)
exit 3: status 3, 1 crashes, -
bool(true)
bool(true)
bool(true)
exit in a function: status 9, 1 crashes, -
bool(true)
bool(true)
bool(true)
exit text: status 0, 0 crashes, -
bool(true)
bool(true)
bool(true)
fatal: status 255, 1 crashes, Error: Call to undefined function undefined_function() in {phpt}/endings.php:%d
bool(true)
bool(true)
bool(true)
memory: status 255, 1 crashes, Allowed memory size of 8388608 bytes exhausted%S(tried to allocate %d bytes) in {phpt}/endings.php:%d
bool(true)
bool(true)
bool(true)
parse: status 255, 1 crashes, ParseError: syntax error, %s in {tmp}/broken.php:1
bool(true)
bool(true)
bool(true)
return: status 0, 0 crashes, -
bool(true)
bool(true)
bool(true)
trigger_error: status 255, 1 crashes, by hand in {phpt}/endings.php:%d
bool(true)
bool(true)
bool(true)
uncaught: status 255, 1 crashes, LogicException: thrown with 'secret' arguments in {phpt}/endings.php:%d
bool(true)
bool(true)
bool(true)
uncaught in shutdown function: status 255, 1 crashes, LogicException: late in {phpt}/endings.php:%d
bool(true)
bool(true)
bool(true)
