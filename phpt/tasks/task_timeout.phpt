--TEST--
A task that runs longer than task_timeout is told to its sender at once; after the grace its run is killed
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/tasks-task_timeout/workers.ini
bgworkers.log_level=warning
error_log={TMP}/bgworkers-phpt/tasks-task_timeout/log
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => ['code' => 'while ($task = BgWorkers\receive_task()) {
    if ($task->payload === ["polite"]) { while (!$task->isCancelled()) { usleep(1000); } $task->finish(); continue; }
    if ($task->payload === ["rude"]) { while (true) { sleep(1); } }
    $task->finish();
}', 'task_timeout' => 0.3, 'shutdown_grace' => 0.5]]);
use function BgWorkers\{send_task, status};
foreach (['polite' => 1, 'rude' => 2] as $how => $runs) {
    $start = microtime(true);
    echo thrown(fn() => send_task('w', [$how], INF)->await()), "\n";
    echo microtime(true) - $start < 5 ? '' : "late\n";
    send_task('w', ['fine'])->await();
    echo status()['w']['runs'] === $runs ? '' : 'runs: ' . status()['w']['runs'] . "\n";
}
print_r(array_filter(status()['w']['tasks']));
var_dump(log_lines('task_timeout')[0] ?? null, count(log_lines('event=killed')));
?>
--EXPECTF--
BgWorkers\TaskException: the task was aborted: it ran longer than 0.3 s
BgWorkers\TaskException: the task was aborted: it ran longer than 0.3 s
Array
(
    [sent] => 4
    [done] => 2
    [aborted] => 2
)
string(%d) "%Sworker=w event=task_timeout limit=0.300%S"
int(1)
