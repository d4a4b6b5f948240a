--TEST--
await_tasks() gives all results under their keys, or throws for the first that failed
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/tasks-several_tasks_at_once/workers.ini
bgworkers.log_level=error
error_log=/dev/null
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => ['code' => 'while ($task = BgWorkers\receive_task()) {
    is_int($task->payload[0]) ? $task->finish([$task->payload[0] * 2]) : $task->fail($task->payload[0]);
}', 'num' => 3]]);
use function BgWorkers\{await_tasks, send_task};
var_dump(await_tasks([]));
$tasks = ['a' => send_task('w', [1]), 7 => send_task('w', [2]), 'z' => send_task('w', [3])];
echo json_encode(await_tasks($tasks)), json_encode(await_tasks(['x' => $tasks['a'], 'y' => $tasks['a']])), "\n";
$tasks = ['fine' => send_task('w', [4]), 'bad' => send_task('w', ['first']), 'too' => send_task('w', ['second'])];
echo thrown(fn() => await_tasks($tasks)), "\n";
echo json_encode($tasks['fine']->await()), thrown(fn() => $tasks['too']->await()), "\n";
echo thrown(fn() => await_tasks([send_task('w', ['in a list'])])), "\n";
$one = send_task('w', [5]);
$list = [&$one, &$one];
echo json_encode(await_tasks($list)), "\n";
?>
--EXPECT--
array(0) {
}
{"a":[2],"7":[4],"z":[6]}{"x":[2],"y":[2]}
BgWorkers\TaskException: task 'bad': first
[8]BgWorkers\TaskException: second
BgWorkers\TaskException: task 0: in a list
[[10],[10]]
