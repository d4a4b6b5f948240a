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
$names = ['popen', 'exec', 'shell_exec', 'passthru'];
workers(array_fill_keys($names, <<<'PHP'
    BgWorkers\set_vars(['done' => false]);
    $commands = ['popen' => fn() => pclose(popen('sleep 0.02', 'r')), 'exec' => fn() => exec('sleep 0.02'),
        'shell_exec' => fn() => shell_exec('sleep 0.02'), 'passthru' => fn() => passthru('sleep 0.02')];
    while (!file_exists(__DIR__ . '/end')) {
        $commands[$argv[1]]();
    }
    BgWorkers\set_vars(['done' => true]);
    live();
    PHP));
BgWorkers\get_vars($names);
$heard = 0;
pcntl_async_signals(true);
pcntl_signal(SIGUSR1, function () use (&$heard) { ++$heard; });
// A thread of the host that is busy: the kernel is free to choose another one, if that lets the signal in.
for ($i = 1; $i <= 200; ++$i) {
    exec('kill -USR1 ' . getmypid());
    wait_until(fn () => $heard >= $i);
}
write_file('end', '');
wait_until(fn () => array_column(BgWorkers\get_vars($names), 'done') === [true, true, true, true]);
echo $heard, "\n";
?>
--EXPECT--
200
