--TEST--
A full queue is waited for, then refused with what it holds
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/tasks-a_full_queue/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => ['code' => '$task = BgWorkers\receive_task(); while (!is_file(__DIR__ . "/flag-go")) { usleep(1000); } $task->finish();
    while ($task = BgWorkers\receive_task()) { $task->finish(); }', 'queue' => 2]]);
use function BgWorkers\{post_task, send_task, status};
$first = send_task('w');
wait_until(fn() => status()['w']['busy'] === 1);
post_task('w');
post_task('w');
$start = microtime(true);
echo thrown(fn() => post_task('w', [], 0.1)), "\n";
var_dump(microtime(true) - $start >= 0.1);
echo thrown(fn() => send_task('w', [], 0.1)), "\n";
$status = status()['w'];
var_dump($status['queued'], $status['oldest_queued'] > 0.1, $status['busy'], $status['tasks']['rejected']);
raise_flag('go');
post_task('w', [], 30);
send_task('w')->await();
$status = status()['w'];
var_dump($status['queued'], $status['oldest_queued'], $status['tasks']['sent'] === $status['tasks']['done'] + 2);
?>
--EXPECTF--
BgWorkers\TimeoutException: worker "w": no room for the task after 0.1 s: 2 tasks are queued, the oldest since %f s, 1 of 1 instance is busy
bool(true)
BgWorkers\TimeoutException: worker "w": no room for the task after 0.1 s: 2 tasks are queued, the oldest since %f s, 1 of 1 instance is busy
int(2)
bool(true)
int(1)
int(2)
int(0)
NULL
bool(true)
