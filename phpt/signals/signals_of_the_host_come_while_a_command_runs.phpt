--TEST--
A signal of the process goes to the host's handler, also while workers wait for commands that they have started
--EXTENSIONS--
bgworkers
--SKIPIF--
<?php if (!extension_loaded('pcntl')) die('skip needs pcntl'); ?>
--INI--
bgworkers.config={TMP}/bgworkers-phpt/signals-signals_of_the_host_come_while_a_command_runs/workers.ini
bgworkers.log_level=warning
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => ['num' => 4, 'code' => <<<'PHP'
    BgWorkers\set_vars(['pid' => getmypid()]);
    while (!BgWorkers\should_stop()) {
        foreach ([fn() => exec('sleep 0.02'), fn() => shell_exec('sleep 0.02'), fn() => system('sleep 0.02'),
            fn() => passthru('sleep 0.02'), fn() => pclose(popen('sleep 0.02', 'r'))] as $run) {
            $run();
        }
    }
    PHP]]);
BgWorkers\get_vars('w');
$heard = 0;
pcntl_async_signals(true);
pcntl_signal(SIGUSR1, function () use (&$heard) { ++$heard; });
// A thread of the host that is busy: the kernel is free to choose another one, if that lets the signal in.
for ($i = 1; $i <= 200; ++$i) {
    exec('kill -USR1 ' . getmypid());
    wait_until(fn () => $heard >= $i);
}
echo $heard, "\n";
?>
--EXPECT--
200
