--TEST--
restart() of a job that waits for its time runs it at once, and then it waits as before
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/restart-a_job_need_not_wait/workers.ini
bgworkers.log_level=error
error_log=/dev/null
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
use function BgWorkers\{get_vars, restart, status};
workers(['job' => ['every' => 1000000, 'code' => 'if (is_file(__DIR__ . "/flag-publish")) BgWorkers\set_vars([1]);']]);
attempt(fn () => get_vars('job'));
wait_until(fn () => status()['job']['state'] === 'waiting');
$due = status()['job']['next_run'];
raise_flag('publish');
var_dump(restart('job'));
attempt(fn () => get_vars('job'));
wait_until(fn () => status()['job']['state'] === 'waiting');
['runs' => $runs, 'crashes' => $crashes, 'next_run' => $next] = status()['job'];
var_dump($runs, $crashes, $due === $next);
?>
--EXPECT--
BgWorkers\WorkerException: worker "job" has published nothing: the last run of this job ended without a call of BgWorkers\set_vars(), and the next one is not due yet
bool(true)
array(1) {
  [0]=>
  int(1)
}
int(2)
int(0)
bool(true)
