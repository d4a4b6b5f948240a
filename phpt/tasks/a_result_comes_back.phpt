--TEST--
A task comes to a worker as it was sent, and its result to the sender
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/tasks-a_result_comes_back/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['echo' => 'enum Suit { case Hearts; case Spades; }
    while ($task = BgWorkers\receive_task()) { $task->finish($task->payload); }']);
enum Suit { case Hearts; case Spades; }
use function BgWorkers\send_task;
$payload = ['null' => null, 'text' => "a\0b", 'list' => [1, 2.5, true], 'deep' => ['x' => ['y' => []]], 7 => Suit::Spades];
$task = send_task('echo', $payload);
var_dump($task instanceof BgWorkers\Task, $task->await() === $payload, $task->await() === $task->await(), $task->isDone());
var_dump(send_task('echo')->await());
$big = ['x' => str_repeat('x', 1 << 20 >> 1), 'numbers' => range(1, 5000)];
var_dump(send_task('echo', $big, timeout: INF)->await(10) === $big);
for ($i = 0; $i < 500; $i++) {
    if (send_task('echo', ['i' => $i])->await() !== ['i' => $i]) {
        echo "wrong\n";
    }
}
print_r(array_filter(BgWorkers\status()['echo']['tasks']));
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
array(0) {
}
bool(true)
Array
(
    [sent] => 503
    [done] => 503
)
