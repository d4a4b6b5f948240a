--TEST--
With queue = 0 only what an idle instance takes at once is sent
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/tasks-a_queue_of_0/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => ['code' => 'while ($task = BgWorkers\receive_task()) { usleep(300000); $task->finish(["done"]); }', 'queue' => 0]]);
use function BgWorkers\{post_task, send_task, status};
$first = send_task('w', [], 30);   // waits until the worker asks for one
echo thrown(fn() => send_task('w', [], 0.05)), "\n";
print_r($first->await());
print_r(send_task('w', [], 30)->await());
?>
--EXPECTF--
BgWorkers\TimeoutException: worker "w": no room for the task after 0.05 s: %d task%S queued, the oldest since %f s, %d of 1 instance is busy
Array
(
    [0] => done
)
Array
(
    [0] => done
)
