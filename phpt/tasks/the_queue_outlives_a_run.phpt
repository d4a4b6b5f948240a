--TEST--
The queue stays when a run ends or is restarted, and the next run goes on with it
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/tasks-the_queue_outlives_a_run/workers.ini
bgworkers.log_level=error
error_log=/dev/null
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => ['code' => '$n = 0; while ($task = BgWorkers\receive_task()) {
    $n++;
    $task->finish([$task->payload[0], $n]);
    if ($task->payload[0] === "crash") { exit(1); }
    if ($task->payload[0] === "change") { file_put_contents(__DIR__ . "/watched", "x"); BgWorkers\should_stop(20); }
}', 'watch[]' => 'watched']]);
use function BgWorkers\{await_tasks, send_task, status};
write_file('watched', '');
send_task('w', ['first'])->await();
$tasks = array_map(fn($what) => send_task('w', [$what]), ['one', 'crash', 'two', 'change', 'three']);
echo json_encode(await_tasks($tasks)), "\n";
?>
--EXPECT--
[["one",2],["crash",3],["two",1],["change",2],["three",1]]
