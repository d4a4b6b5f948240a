--TEST--
Waiting for a task that only waits for oneself is refused at once; a pool may do its own work
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/tasks-circles/workers.ini
bgworkers.log_level=error
error_log=/dev/null
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['a' => 'while ($task = BgWorkers\receive_task()) {
        try { $task->finish(BgWorkers\send_task($task->payload[0], ["a"])->await()); } catch (RuntimeException $e) { $task->finish([$e->getMessage()]); } }',
    'b' => 'while ($task = BgWorkers\receive_task()) {
        try { $task->finish(BgWorkers\send_task($task->payload[0], ["b"])->await()); } catch (RuntimeException $e) { $task->finish([$e->getMessage()]); } }',
    'pool' => ['code' => 'while ($task = BgWorkers\receive_task()) {
        $n = $task->payload[0];
        $task->finish([$n === 0 ? "deep" : BgWorkers\send_task("pool", [$n - 1])->await()[0]]); }', 'num' => 3]]);
use function BgWorkers\send_task;
$start = microtime(true);
print_r(send_task('a', ['a'])->await());
echo preg_match('/^waiting would close a circle: (a waits for b waits for a|b waits for a waits for b)$/', send_task('a', ['b'])->await()[0] ?? ''), "
";
print_r(send_task('pool', [2])->await());
var_dump(microtime(true) - $start < 10);
?>
--EXPECT--
Array
(
    [0] => waiting would close a circle: a waits for a
)
1
Array
(
    [0] => deep
)
bool(true)
