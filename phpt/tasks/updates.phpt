--TEST--
read() gives the updates in order, then null; await() throws them away
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/tasks-updates/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => 'while ($task = BgWorkers\receive_task()) {
    for ($i = 1; $i <= $task->payload[0]; $i++) { $task->update(["n" => $i]); }
    isset($task->payload[1]) ? $task->fail($task->payload[1]) : $task->finish(["sum" => $i]);
}']);
use function BgWorkers\{post_task, send_task, status};
$task = send_task('w', [40]);
$read = [];
while ($update = $task->read()) {
    $read[] = $update['n'];
}
var_dump($read === range(1, 40), $task->read(), $task->await());
var_dump(send_task('w', [1000])->await());
$task = send_task('w', [2, 'broken']);
var_dump($task->read()['n'], $task->read()['n'], thrown(fn() => $task->read()));
post_task('w', [1000]);
send_task('w', [1000]);       // and nobody reads
$task = send_task('w', [1]);
var_dump($task->read()['n'], $task->read(), status()['w']['tasks']['done']);
?>
--EXPECT--
bool(true)
NULL
array(1) {
  ["sum"]=>
  int(41)
}
array(1) {
  ["sum"]=>
  int(1001)
}
int(1)
int(2)
string(31) "BgWorkers\TaskException: broken"
int(1)
NULL
int(5)
