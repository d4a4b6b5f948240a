--TEST--
A signal handler of the script runs while it waits, and may throw
--EXTENSIONS--
bgworkers
--SKIPIF--
<?php if (!extension_loaded('pcntl')) die('skip needs pcntl'); ?>
--INI--
bgworkers.config={TMP}/bgworkers-phpt/get_vars-signal_handler_runs_in_a_wait/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['never' => 'live();', 'signaller' => 'proc_open("sleep 0.3; kill -USR1 " . getmypid(), [], $pipes); BgWorkers\set_vars([]); live();']);
pcntl_async_signals(true);
pcntl_signal(SIGUSR1, fn () => throw new DomainException('signalled'));
try {
    BgWorkers\get_vars(['signaller', 'never'], 30);
} catch (DomainException $error) {
    echo $error->getMessage(), "\n";
}
?>
--EXPECT--
signalled
