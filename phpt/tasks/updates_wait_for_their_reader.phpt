--TEST--
The seventeenth unread update waits for the reader, a cancel, the time of the task or the stop
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/tasks-updates_wait_for_their_reader/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => 'while ($task = BgWorkers\receive_task()) {
    for ($i = 1; $i <= 20; $i++) { $task->update(["n" => $i]); @file_put_contents(__DIR__ . "/at", $i); }
    $task->finish([$task->isCancelled()]);
}']);
use function BgWorkers\{send_task, status};
$at = function (int $i) { wait_until(fn() => @file_get_contents(temp_path('at')) === "$i"); usleep(100000); echo file_get_contents(temp_path('at')), "\n"; };
$task = send_task('w');
$at(16);
echo $task->read()['n'], "\n";
$at(17);
$task->cancel();
$at(20);
$task = send_task('w', timeout: 2.0);
$at(16);
$at(20);
echo thrown(fn() => $task->await()), "\n";
$task = send_task('w', timeout: INF);
$at(16);
print_r(array_filter(status()['w']['tasks']));
?>
--EXPECT--
16
1
17
20
16
20
BgWorkers\TimeoutException: worker "w" has not finished the task within 2 s
16
Array
(
    [sent] => 3
    [running] => 1
    [cancelled] => 1
    [expired] => 1
)
