--TEST--
pcntl_signal() and pcntl_signal_get_handler() answer and complain as in a process
--EXTENSIONS--
bgworkers
pcntl
posix
--INI--
bgworkers.config={TMP}/bgworkers-phpt/signals-what_is_installed/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/compare.inc';
compare([
    'table' => 'show(pcntl_signal_get_handler(SIGTERM)); show(pcntl_signal(SIGTERM, SIG_IGN)); show(pcntl_signal_get_handler(SIGTERM)); show(pcntl_signal(SIGTERM, "show")); show(pcntl_signal_get_handler(SIGTERM));
        show(pcntl_signal(SIGTERM, SIG_DFL)); show(pcntl_signal_get_handler(SIGTERM)); show(pcntl_get_last_error());',
    'numbers' => 'foreach ([0, -1, 65, 1000] as $n) { try { pcntl_signal($n, "show"); } catch (Error $e) { show(get_class($e), $e->getMessage()); } try { show(pcntl_signal_get_handler($n)); } catch (Error $e) { show(get_class($e), $e->getMessage()); } }',
    'handlers' => 'foreach ([2, "nobody", null, [], 1.5] as $h) { try { show(pcntl_signal(SIGUSR1, $h)); } catch (Error $e) { show(get_class($e), $e->getMessage()); } } show(pcntl_get_last_error());',
    'arguments' => 'foreach (["pcntl_signal" => [], "pcntl_signal_get_handler" => [], "pcntl_async_signals" => [[]], "pcntl_signal_dispatch" => [1], "pcntl_alarm" => ["x"], "pcntl_sigprocmask" => [1],
        "pcntl_sigwaitinfo" => [1], "pcntl_sigtimedwait" => [], "posix_kill" => [1], "pcntl_wait" => [], "pcntl_waitpid" => [1], "pcntl_get_last_error" => [1]] as $f => $a) { try { $s = 0; show($f(...$a)); } catch (Error $e) { show(get_class($e), $e->getMessage()); } }',
    'ignored' => 'pcntl_signal(SIGUSR1, SIG_IGN); show(posix_kill(me(), SIGUSR1)); foreach ([SIGCHLD, SIGCONT, SIGURG, SIGWINCH] as $s) show(posix_kill(me(), $s)); show(posix_kill(me(), 0), posix_kill(me(), 99), posix_get_last_error());',
], ['table', 'numbers', 'handlers', 'arguments', 'ignored']);
?>
--EXPECT--
--- table
the same
--- numbers
the same
--- handlers
the same
--- arguments
the same
--- ignored
the same
