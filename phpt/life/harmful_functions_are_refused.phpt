--TEST--
What would act on the whole process is refused in a worker, and works outside
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/harmful_functions_are_refused.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};
require __DIR__ . '/../helpers.inc';

$refused = ['dl' => ['x'], 'pcntl_fork' => [], 'pcntl_exec' => ['/bin/true'], 'pcntl_unshare' => [0],
    'umask' => [0], 'posix_setuid' => [0],
    'posix_setgid' => [0], 'posix_seteuid' => [0], 'posix_setegid' => [0], 'posix_setsid' => [], 'cli_set_process_title' => ['x']];
if (in_worker()) {
    $answers = [];
    foreach ($refused as $function => $arguments) {
        $answers[] = thrown(fn() => $function(...$arguments));
        $answers[] = thrown(fn() => call_user_func_array($function, $arguments)) === end($answers) ? 'same' : 'otherwise';
    }
    set_vars($answers);
    should_stop(INF);
    return;
}
$mask = umask();
echo implode("\n", array_filter(get_vars('w'), fn($answer) => $answer !== 'same')), "\n";
var_dump(pcntl_signal(SIGUSR1, fn() => print("signal\n")), umask(0) === $mask && umask($mask) === 0);
pcntl_async_signals(true);
posix_kill(getmypid(), SIGUSR1);
?>
--EXPECT--
Error: dl() cannot be used in a background worker: it would act on the whole process
Error: pcntl_fork() cannot be used in a background worker: it would act on the whole process
Error: pcntl_exec() cannot be used in a background worker: it would act on the whole process
Error: pcntl_unshare() cannot be used in a background worker: it would act on the whole process
Error: umask() cannot be used in a background worker: it would act on the whole process; set the mode of a file with chmod()
Error: posix_setuid() cannot be used in a background worker: it would act on the whole process
Error: posix_setgid() cannot be used in a background worker: it would act on the whole process
Error: posix_seteuid() cannot be used in a background worker: it would act on the whole process
Error: posix_setegid() cannot be used in a background worker: it would act on the whole process
Error: posix_setsid() cannot be used in a background worker: it would act on the whole process
Error: cli_set_process_title() cannot be used in a background worker: it would act on the whole process
bool(true)
bool(true)
signal
