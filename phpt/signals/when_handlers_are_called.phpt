--TEST--
Handlers are called as in a process of its own: by dispatch, by ticks, at once
--EXTENSIONS--
bgworkers
pcntl
posix
--INI--
bgworkers.config={TMP}/bgworkers-phpt/signals-when_handlers_are_called/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/compare.inc';
compare([
    'dispatch' => 'pcntl_signal(SIGUSR1, say("one")); posix_kill(me(), SIGUSR1); posix_kill(me(), SIGUSR1); show("sent");
        show(pcntl_signal_dispatch()); show(pcntl_signal_dispatch());',
    'asynchronous' => 'show(pcntl_async_signals()); show(pcntl_async_signals(true)); show(pcntl_async_signals());
        pcntl_signal(SIGUSR1, say("async")); for ($i = 0; $i < 3; ++$i) { posix_kill(me(), SIGUSR1); usleep(1); }
        show(pcntl_async_signals(false)); posix_kill(me(), SIGUSR1); for ($i = 0; $i < 3; ++$i) { usleep(1); } show("not now"); pcntl_signal_dispatch();',
    'ticks' => 'declare(ticks=1); pcntl_signal(SIGUSR2, say("tick")); posix_kill(me(), SIGUSR2); $x = 1; show("after");',
    'order' => 'foreach ([SIGUSR2, SIGTERM, SIGUSR1] as $s) pcntl_signal($s, say("order"));
        foreach ([SIGTERM, SIGUSR1, SIGUSR2, SIGTERM] as $s) posix_kill(me(), $s); pcntl_signal_dispatch();',
    'blocked_meanwhile' => 'pcntl_async_signals(true); pcntl_signal(SIGUSR2, say("second"));
        pcntl_signal(SIGUSR1, function () { posix_kill(me(), SIGUSR2); posix_kill(me(), SIGUSR2); echo "in first\n"; for ($i = 0; $i < 3; ++$i) usleep(1); echo "end of first\n"; });
        posix_kill(me(), SIGUSR1); for ($i = 0; $i < 3; ++$i) usleep(1);',
    'itself_again' => '$n = 0; pcntl_async_signals(true); pcntl_signal(SIGUSR1, function () use (&$n) { if (++$n < 4) posix_kill(me(), SIGUSR1); });
        posix_kill(me(), SIGUSR1); for ($i = 0; $i < 20; ++$i) usleep(1); show($n);',
    'many' => '$n = 0; pcntl_signal(SIGUSR1, function () use (&$n) { ++$n; }); for ($i = 0; $i < 200; ++$i) posix_kill(me(), SIGUSR1); pcntl_signal_dispatch(); show($n);',
    'realtime' => 'pcntl_signal(40, say("realtime")); posix_kill(me(), 40); posix_kill(me(), 40); pcntl_signal_dispatch();',
    'in_a_loop' => 'pcntl_async_signals(true); $stop = false; pcntl_signal(SIGALRM, function () use (&$stop) { $stop = true; }); pcntl_alarm(1); show(took(function () use (&$stop) { while (!$stop); }));',
]);
?>
--EXPECT--
--- dispatch
"sent"
one 10
one 10
true
true
--- asynchronous
false
false
true
async 10
async 10
async 10
true
"not now"
async 10
--- ticks
tick 12
"after"
--- order
order 15
order 10
order 12
order 15
--- blocked_meanwhile
in first
end of first
second 12
--- itself_again
4
--- many
65
--- realtime
realtime 40
realtime 40
--- in_a_loop
"about a second"
