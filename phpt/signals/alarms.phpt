--TEST--
pcntl_alarm() counts, rounds and is replaced as alarm(2)
--EXTENSIONS--
bgworkers
pcntl
posix
--INI--
bgworkers.config={TMP}/bgworkers-phpt/signals-alarms/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/compare.inc';
compare([
    'returns' => 'pcntl_signal(SIGALRM, say("alarm")); show(pcntl_alarm(10)); show(pcntl_alarm(20)); show(pcntl_alarm(0)); show(pcntl_alarm(0)); show(pcntl_alarm(1)); usleep(300000); show(pcntl_alarm(5)); usleep(600000); show(pcntl_alarm(0)); show(pcntl_alarm(-1)); show(pcntl_alarm(0)); show(pcntl_alarm(1 << 32));',
    'rings' => 'pcntl_async_signals(true); pcntl_signal(SIGALRM, say("alarm")); pcntl_alarm(1); show(took(fn() => usleep(5000000))); show(pcntl_alarm(0));',
    'again' => 'pcntl_async_signals(true); $n = 0; pcntl_signal(SIGALRM, function () use (&$n) { ++$n < 2 && pcntl_alarm(1); }); pcntl_alarm(1); usleep(3000000); usleep(3000000); show($n);',
    'replaced' => 'pcntl_async_signals(true); pcntl_signal(SIGALRM, say("alarm")); pcntl_alarm(1); pcntl_alarm(3); show(took(fn() => usleep(1200000))); pcntl_alarm(0);',
    'ignored' => 'pcntl_signal(SIGALRM, SIG_IGN); pcntl_alarm(1); show(took(fn() => usleep(1300000)));',
]);
?>
--EXPECT--
--- returns
0
10
20
0
0
1
4
0
4294967295
0
--- rings
alarm 14
"about a second"
0
--- again
2
--- replaced
"about a second"
--- ignored
"about a second"
