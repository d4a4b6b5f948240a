--TEST--
After max_tasks a run has to stop, and the next one goes on with the queue at once
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/tasks-max_tasks/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => ['code' => '$n = 0; while ($task = BgWorkers\receive_task()) { $n++; $task->finish([$n, BgWorkers\should_stop()]); }
    BgWorkers\should_stop() && feof(BgWorkers\get_worker_handle()) || exit(3);', 'max_tasks' => 3]]);
use function BgWorkers\{await_tasks, send_task, status};
$start = microtime(true);
$tasks = array_map(fn() => send_task('w'), range(1, 30));
echo json_encode(array_column(await_tasks($tasks), 0)), "\n";
var_dump(microtime(true) - $start < 5);
wait_until(fn() => status()['w']['runs'] >= 10);
$status = status()['w'];
var_dump($status['crashes'], $status['consecutive_failures'], $status['state'] === 'failed', $status['tasks']['done']);
?>
--EXPECT--
[1,2,3,1,2,3,1,2,3,1,2,3,1,2,3,1,2,3,1,2,3,1,2,3,1,2,3,1,2,3]
bool(true)
int(0)
int(0)
bool(false)
int(30)
