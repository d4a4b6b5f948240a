--TEST--
Zero does not wait, a tiny time-out ends, INF waits; a ready worker never throws
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/get_vars-timeouts/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['slow' => <<<'PHP'
    while (!file_exists(__DIR__ . '/go')) { usleep(1000); }
    BgWorkers\set_vars(['ready' => true]);
    live();
    PHP]);
use function BgWorkers\get_vars;
attempt(fn () => get_vars('slow', 0));
attempt(fn () => get_vars('slow', 1e-9));
attempt(fn () => get_vars(['slow'], 0.05));
touch(temp_path('go'));
attempt(fn () => get_vars('slow', INF));
attempt(fn () => get_vars('slow', 0));
attempt(fn () => get_vars(['slow'], 0));
attempt(fn () => is_subclass_of('BgWorkers\TimeoutException', 'RuntimeException')
    && is_subclass_of('BgWorkers\WorkerException', 'RuntimeException'));
?>
--EXPECTF--
BgWorkers\TimeoutException: worker "slow" is not ready after 0 s: %d attempt%S, no call of BgWorkers\set_vars() yet
BgWorkers\TimeoutException: worker "slow" is not ready after 1.0e-9 s: %d attempt%S, no call of BgWorkers\set_vars() yet
BgWorkers\TimeoutException: worker "slow" is not ready after 0.05 s: 1 attempt, no call of BgWorkers\set_vars() yet
array(1) {
  ["ready"]=>
  bool(true)
}
array(1) {
  ["ready"]=>
  bool(true)
}
array(1) {
  ["slow"]=>
  array(1) {
    ["ready"]=>
    bool(true)
  }
}
bool(true)
