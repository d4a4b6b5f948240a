--TEST--
finish(), fail() and update() after the end are mistakes of the worker
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/tasks-after_the_end_of_a_task/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => '$task = BgWorkers\receive_task(); $said = [];
    $task->finish([1]);
    foreach ([fn() => $task->finish(), fn() => $task->fail("x"), fn() => $task->update([])] as $call) {
        try { $call(); } catch (Throwable $e) { $said[] = $e::class . ": " . $e->getMessage(); }
    }
    $said[] = $task->isCancelled();
    BgWorkers\receive_task()->finish($said);
    $task = BgWorkers\receive_task();
    try { $task->finish([new stdClass]); } catch (ValueError $e) { $task->finish([$e->getMessage()]); }
    live();']);
use function BgWorkers\send_task;
$first = send_task('w');
print_r(send_task('w')->await());
print_r($first->await());
print_r(send_task('w')->await());
?>
--EXPECT--
Array
(
    [0] => LogicException: this task has ended already
    [1] => LogicException: this task has ended already
    [2] => LogicException: this task has ended already
    [3] => 
)
Array
(
    [0] => 1
)
Array
(
    [0] => $result[0] is a stdClass object; send null, bool, int, float, string, enum cases and arrays of those
)
