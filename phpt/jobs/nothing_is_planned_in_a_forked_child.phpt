--TEST--
In a forked child no job runs or waits; the parent's goes on
--EXTENSIONS--
bgworkers
pcntl
--INI--
bgworkers.config={TMP}/bgworkers-phpt/jobs-nothing_is_planned_in_a_forked_child/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
use function BgWorkers\{get_vars, status};
workers(['job' => ['every' => 0.3, 'code' => 'file_put_contents(__DIR__ . "/runs", getmypid() . "\n", FILE_APPEND); BgWorkers\set_vars([]);']]);
get_vars('job');
wait_until(fn () => status()['job']['state'] === 'waiting');
$child = pcntl_fork();
if ($child === 0) {
    usleep(1_000_000);
    ['state' => $state, 'next_run' => $next] = status()['job'];
    exit($state !== 'waiting' && $next === null && get_vars('job') === [] ? 7 : 1);
}
pcntl_waitpid($child, $status);
var_dump(pcntl_wexitstatus($status));
$runs = file(temp_path('runs'), FILE_IGNORE_NEW_LINES);
var_dump(count($runs) >= 3, array_unique($runs) === [(string) getmypid()]);
wait_until(fn () => count(file(temp_path('runs'))) > count($runs));
?>
--EXPECT--
int(7)
bool(true)
bool(true)
