--TEST--
A run that ends with a task open aborts it at once, with exit status and error; it is never delivered again
--EXTENSIONS--
bgworkers
pcntl
posix
--INI--
bgworkers.config={TMP}/bgworkers-phpt/tasks-a_run_that_ends_with_a_task_open/workers.ini
bgworkers.log_level=error
error_log=/dev/null
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['exit' => 'function work() { $task = BgWorkers\receive_task(); file_put_contents(__DIR__ . "/seen", "x", FILE_APPEND); exit(3); } work();',
    'text' => '$task = BgWorkers\receive_task(); exit("no database");',
    'return' => '$task = BgWorkers\receive_task();',
    'fatal' => '$task = BgWorkers\receive_task(); function f(int $x) {} f("x");',
    'memory' => 'ini_set("memory_limit", "8M"); $task = BgWorkers\receive_task(); $x = str_repeat("x", 1 << 26);',
    'killed' => ['code' => '$task = BgWorkers\receive_task(); posix_kill(getmypid(), SIGKILL); sleep(60);']]);
foreach (['exit', 'text', 'return', 'memory', 'killed'] as $name) {
    $start = microtime(true);
    echo preg_replace('/ in \S+:\d+/', ' in FILE', thrown(fn() => BgWorkers\send_task($name)->await())), "\n";
    echo microtime(true) - $start < 5 ? '' : "late\n";
    echo BgWorkers\status()[$name]['tasks']['aborted'], ' aborted', "\n";
}
echo thrown(fn() => BgWorkers\send_task('fatal')->await()), "\n";
BgWorkers\status()['exit']['runs'] > 1 || wait_until(fn() => BgWorkers\status()['exit']['runs'] > 1);
echo file_get_contents(temp_path('seen')), "\n";
?>
--EXPECTF--
BgWorkers\TaskException: the task was aborted: its run ended with exit status 3
1 aborted
BgWorkers\TaskException: the task was aborted: its run ended with exit status 0
1 aborted
BgWorkers\TaskException: the task was aborted: its run ended with exit status 0
1 aborted
BgWorkers\TaskException: the task was aborted: its run ended with exit status 255: Allowed memory size of 8388608 bytes exhausted%S (tried to allocate %d bytes) in FILE
1 aborted
BgWorkers\TaskException: the task was aborted: its run ended with exit status 137: ended by its own SIGKILL
1 aborted
BgWorkers\TaskException: f(): Argument #1 ($x) must be of type int, string given, called in %s on line %d
x
