--TEST--
restart() refuses names that no worker has, the caller's own, and processes in which nothing can be restarted
--EXTENSIONS--
bgworkers
--SKIPIF--
<?php if (!function_exists('pcntl_fork')) die('skip needs pcntl'); ?>
--INI--
bgworkers.config={TMP}/bgworkers-phpt/restart-what_is_refused/workers.ini
error_log={PWD}/what_is_refused.log
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
use function BgWorkers\{get_vars, restart};
workers([
    'a' => 'try { BgWorkers\restart("a"); } catch (Exception $e) { BgWorkers\set_vars(["told" => $e::class . ": " . $e->getMessage()]); }
        live();',
    '*' => 'BgWorkers\set_vars([$argv[1]]); live();',
]);
foreach (['', '*', '-x', "a\0b", str_repeat('x', 256), []] as $name) {
    attempt(fn () => restart($name));
}
attempt(fn () => restart('caught'));
get_vars('caught');
attempt(fn () => restart('caught'));
echo get_vars('a')['told'], "\n";
if (($pid = pcntl_fork()) === 0) {
    attempt(fn () => restart('a'));
    attempt(fn () => restart('nobody'));
    exit;
}
pcntl_waitpid($pid, $status);

workers(['a' => 'live();', 'b' => 'live();']);
[$status, $output] = run_php('attempt(fn () => BgWorkers\restart("c")); attempt(fn () => BgWorkers\restart("b"));',
    ['bgworkers.config' => ini_get('bgworkers.config')]);
echo $output;
[$status, $output] = run_php('attempt(fn () => BgWorkers\restart("c"));', ['bgworkers.config' => temp_path('none.ini')]);
echo $output;
workers(['slow' => 'BgWorkers\set_vars([1]); live(); try { BgWorkers\restart("b"); } catch (Exception $e) { error_log($e->getMessage()); }',
    'b' => 'live();']);
[$status, $output, $log] = run_php('BgWorkers\get_vars("slow");',
    ['bgworkers.config' => ini_get('bgworkers.config'), 'bgworkers.log_level' => 'error', 'log_errors' => '1']);
echo $log;
?>
--CLEAN--
<?php @unlink(__DIR__ . '/what_is_refused.log'); ?>
--EXPECTF--
ValueError: BgWorkers\restart(): Argument #1 ($name) must not be empty
ValueError: BgWorkers\restart(): Argument #1 ($name) must not be "*"
ValueError: BgWorkers\restart(): Argument #1 ($name) must not start with "-"
ValueError: BgWorkers\restart(): Argument #1 ($name) must not contain control characters
ValueError: BgWorkers\restart(): Argument #1 ($name) must not be longer than 255 bytes
TypeError: BgWorkers\restart(): Argument #1 ($name) must be of type string, array given
RuntimeException: worker "caught" is not declared, and nothing has started it by way of [*]; declared: a
bool(true)
RuntimeException: worker "a" cannot restart itself: return from the script, and the next run begins
RuntimeException: workers cannot be restarted here: they run in the process that this one was forked from
RuntimeException: worker "nobody" is not declared, and nothing has started it by way of [*]; declared: a
RuntimeException: worker "c" is not declared; declared: a, b
bool(false)
RuntimeException: %snone.ini: cannot be read: No such file or directory
bgworkers: [slow] workers cannot be restarted: the process is shutting down
