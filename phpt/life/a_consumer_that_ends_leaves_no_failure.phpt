--TEST--
Clean runs that publish nothing are no failures, unless somebody waited for them or they were shorter than a second
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/life-a_consumer_that_ends_leaves_no_failure/workers.ini
error_log={PWD}/a_consumer_that_ends_leaves_no_failure.log
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
use function BgWorkers\{get_vars, status};
workers([
    'consumer' => 'BgWorkers\should_stop(1.1);',
    'too short' => ['code' => 'usleep(100000);', 'max_consecutive_failures' => 2],
    'awaited' => ['code' => 'BgWorkers\should_stop(1.1);', 'max_consecutive_failures' => 1],
]);
foreach (['consumer', 'too short'] as $name) {
    thrown(fn () => get_vars($name, 0)); // starts it and does not wait
}
wait_until(fn () => status()['consumer']['runs'] >= 4 && status()['consumer']['state'] === 'running');
['consumer' => $consumer] = status();
var_dump($consumer['state'], $consumer['consecutive_failures'], $consumer['crashes'], $consumer['last_error']);
var_dump(preg_match('/event=exited status=0 uptime=1\.[12]\d* next=0\.000$/', log_lines('worker=consumer event=exited')[0]));
var_dump(wait_until(fn () => status()['too short']['state'] === 'failed'));
echo status()['too short']['last_error'], "\n";
// Of several names it sleeps on the first, and waits for all.
attempt(fn () => get_vars(['consumer', 'awaited']));
?>
--CLEAN--
<?php @unlink(__DIR__ . '/a_consumer_that_ends_leaves_no_failure.log'); ?>
--EXPECT--
string(7) "running"
int(0)
int(0)
NULL
int(1)
bool(true)
the script ended without a call of BgWorkers\set_vars()
BgWorkers\WorkerException: worker "awaited" has given up: 1 attempt, last exit status 0, last error: the script ended without a call of BgWorkers\set_vars()
