--TEST--
Each instance of a pool takes one task at a time from one queue
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/tasks-a_pool_shares_one_queue/workers.ini
bgworkers.log_level=error
error_log=/dev/null
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['pool' => ['code' => 'while ($task = BgWorkers\receive_task()) { usleep(100000); $task->finish([$argv[2]]); }', 'num' => 4, 'args[]' => '{instance}']]);
use function BgWorkers\{await_tasks, send_task, status};
wait_until(function () {     // all of them are there
    $tasks = array_map(fn() => send_task('pool'), range(1, 4));
    usleep(50000);
    $busy = status()['pool']['busy'];
    await_tasks($tasks);
    return $busy === 4;
});
$by = array_count_values(array_column(await_tasks(array_map(fn() => send_task('pool'), range(1, 12))), 0));
var_dump(count($by), array_sum($by));
?>
--EXPECT--
int(4)
int(12)
