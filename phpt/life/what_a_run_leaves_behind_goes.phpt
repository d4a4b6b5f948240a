--TEST--
Handlers, buffers, open files and limits of one run do not reach the next
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/what_a_run_leaves_behind_goes.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};
require __DIR__ . '/../helpers.inc';

if (in_worker()) {
    $before = [ob_get_level(), error_reporting(), set_error_handler(null), set_exception_handler(null), getcwd() === __DIR__,
        spl_autoload_functions(), date_default_timezone_get(), ini_get('memory_limit') === '77M', ignore_user_abort(), stream_get_wrappers(),
        setlocale(LC_CTYPE, '0'), array_diff(array_keys(get_defined_constants(true)['user'] ?? []), []), mb_substitute_character(), gc_enabled(), umask_like()];
    if (!is_file(temp_path('second'))) {
        file_put_contents(temp_path('second'), '');
        set_vars(['before' => $before]);
        ob_start();
        ob_start(fn($x) => $x);
        error_reporting(0);
        set_error_handler(fn() => true);
        set_exception_handler(fn() => print('x'));
        chdir('/');
        spl_autoload_register(fn($c) => null);
        date_default_timezone_set('Asia/Tokyo');
        ini_set('memory_limit', '77M');
        ignore_user_abort(true);
        stream_wrapper_register('mine', stdClass::class);
        stream_wrapper_unregister('http');
        define('LEFT_BEHIND', 1);
        mb_substitute_character(0x3f);
        gc_disable();
        header_register_callback(fn() => print('x'));
        fopen(__FILE__, 'r');
        exit(1);
    }
    set_vars(['before' => $before, 'second' => true]);
    should_stop(INF);
    return;
}
function umask_like(): array { return [count($GLOBALS) < 12, connection_status(), get_include_path()]; }
$first = get_vars('w')['before'];
$second = wait_until(fn() => isset(get_vars('w')['second']) ? get_vars('w')['before'] : null);
var_dump($first === $second);
?>
--EXPECT--
bool(true)
