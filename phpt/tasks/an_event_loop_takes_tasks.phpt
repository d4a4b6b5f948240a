--TEST--
An event loop watches its tasks and its stop at once, and takes as many as concurrency says
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/tasks-an_event_loop_takes_tasks/workers.ini
bgworkers.log_level=error
error_log=/dev/null
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => ['code' => '
    $tasks = BgWorkers\get_task_handle();
    $stop = BgWorkers\get_worker_handle();
    $open = [];
    while (!feof($stop)) {
        $read = [$tasks, $stop];
        $none = null;
        stream_select($read, $none, $none, 0, $open ? 10000 : 60000000);
        while (in_array($tasks, $read, true) && count($open) < 3 && $task = BgWorkers\receive_task(0)) {
            $open[] = [$task, microtime(true) + 0.1];
        }
        foreach ($open as $i => [$task, $due]) {
            if (microtime(true) >= $due) {
                $task->finish([count($open)]);
                unset($open[$i]);
            }
        }
    }', 'concurrency' => 3]]);
use function BgWorkers\{await_tasks, send_task, status};
send_task('w')->await();
$tasks = array_map(fn() => send_task('w'), range(1, 7));
$most = max(array_merge(...await_tasks($tasks)));
var_dump($most > 1, $most <= 3, status()['w']['tasks']['done'], status()['w']['busy']);
?>
--EXPECT--
bool(true)
bool(true)
int(8)
int(0)
