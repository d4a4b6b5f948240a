--TEST--
A job runs at the multiples of its time, from the first request on, and skips those that a run goes over
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/jobs-run_by_the_clock/workers.ini
bgworkers.cli_autostart=1
error_log={PWD}/run_by_the_clock.log
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
use function BgWorkers\{metrics, status};
workers(['job' => ['every' => '0.5', 'code' => <<<'PHP'
    file_put_contents(__DIR__ . '/runs', microtime(true) . "\n", FILE_APPEND);
    if (count(file(__DIR__ . '/runs')) === 2) { usleep(1_200_000); }
    PHP]]);
$runs = fn () => array_map(floatval(...), @file(temp_path('runs')) ?: []);
wait_until(fn () => thrown(fn () => status()) === 'nothing thrown'); // this request began without the file
wait_until(fn () => status()['job']['next_run'] !== null);
['state' => $state, 'next_run' => $next] = status()['job'];
if ($state === 'waiting') {
    var_dump(fmod($next, 0.5) === 0.0 && abs($next - microtime(true)) < 5);
    var_dump((bool) preg_match('/^bgworkers_worker_next_run_timestamp_seconds\{worker="job",pid="\d+"\} \d+/m', metrics()));
} else {
    var_dump(true, true);
}
wait_until(fn () => count($runs()) >= 5);
$turns = array_map(fn ($time) => (int) floor($time * 2), $runs());
var_dump($turns === array_unique($turns), $runs()[2] - $runs()[1] > 1.2);
['state' => $state, 'crashes' => $crashes, 'consecutive_failures' => $failures, 'last_error' => $error, 'ready' => $ready] = status()['job'];
var_dump(in_array($state, ['waiting', 'starting', 'running']), $crashes, $failures, $error, $ready);
// Nothing of a job that does well is logged.
var_dump(array_values(array_filter(log_lines(), fn ($line) => !str_contains($line, 'config_error'))));
?>
--CLEAN--
<?php @unlink(__DIR__ . '/run_by_the_clock.log'); ?>
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
int(0)
int(0)
NULL
bool(false)
array(0) {
}
