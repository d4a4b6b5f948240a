--TEST--
SIGKILL and SIGSTOP take no handler: false, with PHP's warning and error number
--EXTENSIONS--
bgworkers
pcntl
posix
--INI--
bgworkers.entrypoint={PWD}/what_cannot_be_handled.php
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';

// Builds with PHP's deferred signals end a process here, so there is nothing to compare with.
print_in_worker(function () {
    set_error_handler(fn($level, $message) => print("$message\n"));
    foreach ([SIGKILL, SIGSTOP, 33] as $signal) {
        foreach (['strlen', SIG_IGN, SIG_DFL] as $handler) {
            var_dump(pcntl_signal($signal, $handler) === false && pcntl_get_last_error() === 22);
        }
    }
    var_dump(pcntl_signal_get_handler(SIGKILL), pcntl_strerror(pcntl_get_last_error()));
    // PHP's own functions tell their errors, too.
    var_dump(pcntl_waitpid(-1, $status), pcntl_strerror(pcntl_get_last_error()));
});
?>
--EXPECT--
pcntl_signal(): Error assigning signal
bool(true)
pcntl_signal(): Error assigning signal
bool(true)
pcntl_signal(): Error assigning signal
bool(true)
pcntl_signal(): Error assigning signal
bool(true)
pcntl_signal(): Error assigning signal
bool(true)
pcntl_signal(): Error assigning signal
bool(true)
pcntl_signal(): Error assigning signal
bool(true)
pcntl_signal(): Error assigning signal
bool(true)
pcntl_signal(): Error assigning signal
bool(true)
int(0)
string(16) "Invalid argument"
int(-1)
string(18) "No child processes"
