--TEST--
pcntl_sigprocmask(), pcntl_sigwaitinfo() and pcntl_sigtimedwait() know the signals of the run
--EXTENSIONS--
bgworkers
pcntl
posix
--INI--
bgworkers.config={TMP}/bgworkers-phpt/signals-masks_and_waiting/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/compare.inc';
compare([
    'mask' => 'pcntl_async_signals(true); pcntl_signal(SIGUSR1, say("unblocked")); show(pcntl_sigprocmask(SIG_BLOCK, [SIGUSR1, "12"], $old)); show($old);
        posix_kill(me(), SIGUSR1); posix_kill(me(), SIGUSR1); for ($i = 0; $i < 3; ++$i) usleep(1); show("blocked");
        show(pcntl_sigprocmask(SIG_UNBLOCK, [SIGUSR1], $old)); show($old); for ($i = 0; $i < 3; ++$i) usleep(1); show(pcntl_sigprocmask(SIG_SETMASK, [], $old)); show($old); show(pcntl_sigprocmask(SIG_SETMASK, [SIGKILL, SIGHUP])); pcntl_sigprocmask(SIG_SETMASK, [], $old); show($old);',
    'mask_in_a_handler' => 'pcntl_signal(SIGUSR1, function () { pcntl_sigprocmask(SIG_BLOCK, [SIGUSR1], $old); show(count($old)); }); posix_kill(me(), SIGUSR1); pcntl_signal_dispatch(); pcntl_sigprocmask(SIG_BLOCK, [SIGUSR2], $old); show($old);',
    'several' => 'pcntl_async_signals(true); foreach ([SIGUSR2, SIGUSR1, SIGHUP, 41, 40] as $s) { pcntl_signal($s, say("was pending")); } pcntl_sigprocmask(SIG_BLOCK, [SIGUSR2, SIGUSR1, SIGHUP, 41, 40]);
        foreach ([41, SIGUSR2, 40, 40, SIGUSR1, SIGHUP] as $s) posix_kill(me(), $s); pcntl_sigprocmask(SIG_SETMASK, []); for ($i = 0; $i < 9; ++$i) usleep(1);',
    'alarm_while_waiting' => 'pcntl_sigprocmask(SIG_BLOCK, [SIGALRM]); pcntl_alarm(1); show(took(function () { show(pcntl_sigwaitinfo([SIGALRM], $i)); show($i); }));',
    'handled_and_awaited' => 'pcntl_signal(SIGALRM, say("handled")); pcntl_alarm(1); show(pcntl_sigwaitinfo([SIGALRM])); pcntl_signal_dispatch(); show("end");',
    'ignored_and_blocked' => 'pcntl_sigprocmask(SIG_BLOCK, [SIGUSR1]); posix_kill(me(), SIGUSR1); pcntl_signal(SIGUSR1, SIG_IGN); pcntl_sigprocmask(SIG_SETMASK, []); show("alive");',
    'wrong' => 'foreach ([[SIG_BLOCK, [0]], [SIG_BLOCK, [99]], [SIG_BLOCK, []], [77, [1]], [SIG_BLOCK, ["x"]], [SIG_BLOCK, [33]]] as $a) { try { show(pcntl_sigprocmask(...$a)); } catch (Error $e) { show(get_class($e), $e->getMessage()); } show(pcntl_get_last_error()); }
        $i = null; foreach ([[[0]], [[1], $i, -1], [[1], $i, 0, -1], [[1], $i, 0, 1000000000]] as $a) { try { show(pcntl_sigtimedwait(...$a)); } catch (Error $e) { show(get_class($e), $e->getMessage()); } show(pcntl_get_last_error()); }',
    'waiting' => 'pcntl_sigprocmask(SIG_BLOCK, [SIGUSR1, SIGHUP]); posix_kill(me(), SIGUSR1); posix_kill(me(), SIGHUP); show(pcntl_sigwaitinfo([SIGUSR1, SIGHUP], $i)); show($i); show(pcntl_sigtimedwait([SIGUSR1], $i, 1)); $i["pid"] = $i["pid"] === me(); show($i);
        show(took(function () { show(pcntl_sigtimedwait([SIGUSR1], $i, 0, 900000000)); }));',
    'interrupted' => 'pcntl_async_signals(true); pcntl_signal(SIGALRM, say("handled")); pcntl_sigprocmask(SIG_BLOCK, [SIGUSR1]); pcntl_alarm(1);
        show(took(function () { show(pcntl_sigwaitinfo([SIGUSR1], $i)); })); show(pcntl_get_last_error()); show(pcntl_strerror(pcntl_get_last_error()));',
], ['wrong', 'waiting', 'interrupted']);
?>
--EXPECT--
--- mask
true
[]
"blocked"
unblocked 10
true
[10,12]
true
[12]
true
[1]
--- mask_in_a_handler
60
[]
--- several
was pending 1
was pending 10
was pending 12
was pending 40
was pending 40
was pending 41
--- alarm_while_waiting
14
{"signo":14,"errno":0,"code":128}
"about a second"
--- handled_and_awaited
14
"end"
--- ignored_and_blocked
"alive"
--- wrong
the same
--- waiting
the same
--- interrupted
the same
