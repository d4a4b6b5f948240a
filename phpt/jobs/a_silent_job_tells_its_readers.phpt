--TEST--
A get_vars() of a job whose run ended clean without publishing throws at once; the job never fails
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/jobs-a_silent_job_tells_its_readers/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
use function BgWorkers\{get_vars, status};
workers([
    'silent' => ['every' => 1000000, 'max_consecutive_failures' => 1, 'code' => ''],
    'crashes' => ['every' => 0.1, 'max_consecutive_failures' => 1, 'code' => 'exit(3);'],
    'reader' => 'try { BgWorkers\get_vars("silent"); } catch (Exception $e) { BgWorkers\set_vars([$e->getMessage()]); } live();',
]);
$began = microtime(true);
foreach (range(1, 2) as $_) {
    attempt(fn () => get_vars('silent'));
}
attempt(fn () => get_vars('silent', 0));
echo get_vars('reader')[0] === substr(thrown(fn () => get_vars('silent')), strlen('BgWorkers\WorkerException: ')) ? "the same in a worker\n" : "another in a worker\n";
var_dump(microtime(true) - $began < 20);
['state' => $state, 'runs' => $runs, 'consecutive_failures' => $failures, 'last_error' => $error, 'last_exit_status' => $status] = status()['silent'];
var_dump($state, $runs, $failures, $error, $status);

echo preg_replace('/\d+ attempt/', 'N attempt', thrown(fn () => get_vars('crashes', 1.5))), "\n";
['state' => $state, 'consecutive_failures' => $failures] = status()['crashes'];
var_dump($state !== 'failed', $failures > 1);
?>
--EXPECT--
BgWorkers\WorkerException: worker "silent" has published nothing: the last run of this job ended without a call of BgWorkers\set_vars(), and the next one is not due yet
BgWorkers\WorkerException: worker "silent" has published nothing: the last run of this job ended without a call of BgWorkers\set_vars(), and the next one is not due yet
BgWorkers\WorkerException: worker "silent" has published nothing: the last run of this job ended without a call of BgWorkers\set_vars(), and the next one is not due yet
the same in a worker
bool(true)
string(7) "waiting"
int(1)
int(0)
NULL
int(0)
BgWorkers\TimeoutException: worker "crashes" is not ready after 1.5 s: N attempts, last exit status 3, no call of BgWorkers\set_vars() yet
bool(true)
bool(true)
