--TEST--
In a forked child tasks can be neither sent nor used, and the parent goes on
--EXTENSIONS--
bgworkers
pcntl
--INI--
bgworkers.config={TMP}/bgworkers-phpt/tasks-after_a_fork/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => 'while ($task = BgWorkers\receive_task()) { usleep(50000); $task->finish([1]); }']);
use function BgWorkers\{await_tasks, post_task, send_task};
$done = send_task('w');
$done->await();
$task = send_task('w');
$pid = pcntl_fork();
if ($pid === 0) {
    foreach ([fn() => send_task('w'), fn() => post_task('w'), fn() => $task->await(), fn() => $task->read(), fn() => $task->isDone(),
        fn() => $task->cancel(), fn() => $done->await(), fn() => await_tasks([$task])] as $call) {
        echo thrown($call), "\n";
    }
    unset($task, $done);
    exit(5);
}
pcntl_waitpid($pid, $status);
var_dump(pcntl_wexitstatus($status), $task->await(), send_task('w')->await());
?>
--EXPECT--
RuntimeException: worker "w" cannot be started: this process was forked while background workers were running
RuntimeException: worker "w" cannot be started: this process was forked while background workers were running
RuntimeException: this task was sent before the process was forked: only the parent can use it
RuntimeException: this task was sent before the process was forked: only the parent can use it
RuntimeException: this task was sent before the process was forked: only the parent can use it
RuntimeException: this task was sent before the process was forked: only the parent can use it
RuntimeException: this task was sent before the process was forked: only the parent can use it
RuntimeException: this task was sent before the process was forked: only the parent can use it
int(5)
array(1) {
  [0]=>
  int(1)
}
array(1) {
  [0]=>
  int(1)
}
