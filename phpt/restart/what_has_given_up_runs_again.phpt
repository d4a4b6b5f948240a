--TEST--
restart() of a worker that has given up is a new attempt at once, for which readers and senders wait
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/restart-what_has_given_up/workers.ini
bgworkers.log_level=error
error_log=/dev/null
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
use function BgWorkers\{get_vars, restart, send_task, status};
$down = 'if (!is_file(__DIR__ . "/flag-up")) { exit(3); } ';
workers([
    'read' => ['code' => $down . 'usleep(100000); BgWorkers\set_vars(["up"]); live();', 'max_consecutive_failures' => 1],
    'sent' => ['code' => $down . 'while ($task = BgWorkers\receive_task()) $task->finish(["done"]);',
        'max_consecutive_failures' => 1],
]);
attempt(fn () => get_vars('read'));
attempt(fn () => send_task('sent')->await());
wait_until(fn () => status()['read']['state'] === 'failed' && status()['sent']['state'] === 'failed');
$began = microtime(true);
echo "still broken\n";
var_dump(restart('read'));
attempt(fn () => get_vars('read'));
wait_until(fn () => status()['read']['state'] === 'failed');
var_dump(status()['read']['runs'], status()['read']['consecutive_failures']);
raise_flag('up');
echo "repaired\n";
var_dump(restart('read'), restart('sent'));
attempt(fn () => get_vars('read'));
attempt(fn () => send_task('sent')->await());
var_dump(microtime(true) - $began < 20);
?>
--EXPECT--
BgWorkers\WorkerException: worker "read" has given up: 1 attempt, last exit status 3
BgWorkers\WorkerException: worker "sent" has given up: 1 attempt, last exit status 3
still broken
bool(true)
BgWorkers\WorkerException: worker "read" has given up: 2 attempts, last exit status 3
int(2)
int(2)
repaired
bool(true)
bool(true)
array(1) {
  [0]=>
  string(2) "up"
}
array(1) {
  [0]=>
  string(4) "done"
}
bool(true)
