--TEST--
getStream() is readable when an update, the result or the error is there
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/tasks-a_sender_watches_its_tasks/workers.ini
bgworkers.log_level=error
error_log=/dev/null
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => 'while ($task = BgWorkers\receive_task()) {
    if ($task->payload[0] === "update") { $task->update(["n" => 1]); while (!is_file(__DIR__ . "/flag-go")) { usleep(1000); } }
    $task->payload[0] === "fail" ? $task->fail("no") : $task->finish();
}']);
use function BgWorkers\send_task;
$readable = function ($stream, float $seconds = 20): bool {
    $read = [$stream];
    $none = null;
    return stream_select($read, $none, $none, (int) $seconds, (int) (($seconds - (int) $seconds) * 1e6)) === 1;
};
$task = send_task('w', ['update']);
$stream = $task->getStream();
var_dump($readable($stream), $task->read(), $readable($stream, 0.05), $task->isDone());
raise_flag('go');
var_dump($readable($stream), $task->isDone(), $task->await(), $readable($stream, 0));
foreach ([['fail'], ['x']] as $payload) {
    $task = send_task('w', $payload);
    var_dump($readable($task->getStream()), $task->isDone());
}
$expires = send_task('w', ['x'], 0.0);
var_dump($readable($expires->getStream()));
$before = count(glob('/proc/self/fd/*'));
for ($i = 0; $i < 50; $i++) {
    $task = send_task('w', ['x']);
    $streams = [$task->getStream(), $task->getStream()];
    fwrite($streams[0], 'x');
    $task->await();
    fclose($streams[1]);
}
unset($task, $streams);
var_dump(count(glob('/proc/self/fd/*')) - $before);
?>
--EXPECT--
bool(true)
array(1) {
  ["n"]=>
  int(1)
}
bool(false)
bool(false)
bool(true)
bool(true)
array(0) {
}
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
int(-2)
