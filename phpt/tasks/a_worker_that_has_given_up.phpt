--TEST--
A worker that has given up refuses tasks at once, and those that are queued hear of it
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/tasks-a_worker_that_has_given_up/workers.ini
bgworkers.log_level=error
error_log=/dev/null
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['never' => ['code' => 'while (!is_file(__DIR__ . "/flag-go")) { usleep(1000); } exit(3);', 'max_consecutive_failures' => 2]]);
use function BgWorkers\{post_task, send_task, status};
$queued = send_task('never', [], 60);
post_task('never');
raise_flag('go');
echo thrown(fn() => $queued->await()), "\n";
wait_until(fn() => status()['never']['state'] === 'failed');
echo thrown(fn() => send_task('never')), "\n";
echo thrown(fn() => post_task('never', [], 60)), "\n";
print_r(array_filter(status()['never']['tasks']));
?>
--EXPECT--
BgWorkers\WorkerException: worker "never" has given up: 2 attempts, last exit status 3
BgWorkers\WorkerException: worker "never" has given up: 2 attempts, last exit status 3
BgWorkers\WorkerException: worker "never" has given up: 2 attempts, last exit status 3
Array
(
    [sent] => 4
    [rejected] => 4
)
