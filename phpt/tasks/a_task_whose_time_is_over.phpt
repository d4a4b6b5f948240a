--TEST--
A queued task whose time is over is never run; of a running one the sender hears, and isCancelled() tells the worker
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/tasks-a_task_whose_time_is_over/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => '$seen = []; while ($task = BgWorkers\receive_task()) {
    $seen[] = $task->payload[0];
    if ($task->payload[0] === "long") {
        while (!$task->isCancelled()) { usleep(1000); }
        $task->finish(["late"]);
    } else {
        $task->finish($seen);
    }
}']);
use function BgWorkers\{send_task, status};
send_task('w', ['first'])->await();
$long = send_task('w', ['long'], 0.4);
$queued = send_task('w', ['queued'], 0.1);
echo thrown(fn() => $queued->await()), "\n";
echo thrown(fn() => $long->await()), "\n";
echo thrown(fn() => $long->await()), "\n";
print_r(send_task('w', ['last'])->await());
print_r(array_filter(status()['w']['tasks']));
?>
--EXPECT--
BgWorkers\TimeoutException: worker "w" has not finished the task within 0.1 s
BgWorkers\TimeoutException: worker "w" has not finished the task within 0.4 s
BgWorkers\TimeoutException: worker "w" has not finished the task within 0.4 s
Array
(
    [0] => first
    [1] => long
    [2] => last
)
Array
(
    [sent] => 4
    [done] => 2
    [expired] => 2
)
