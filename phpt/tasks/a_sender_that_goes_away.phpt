--TEST--
The task of a sender that goes away is done all the same
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/tasks-a_sender_that_goes_away/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => 'while ($task = BgWorkers\receive_task()) { usleep(20000); file_put_contents(__DIR__ . "/seen", $task->payload[0], FILE_APPEND); $task->finish(["x" => str_repeat("x", 100000)]); }']);
use function BgWorkers\{send_task, status};
send_task('w', ['a']);
thrown(function () { $task = send_task('w', ['b']); throw new Exception; });
$fiber = new Fiber(function () { $task = send_task('w', ['c']); Fiber::suspend(); });
$fiber->start();
unset($fiber);
gc_collect_cycles();
wait_until(fn() => status()['w']['tasks']['done'] === 3);
echo file_get_contents(temp_path('seen')), "\n";
?>
--EXPECT--
abc
