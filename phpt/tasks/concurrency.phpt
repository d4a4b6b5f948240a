--TEST--
An instance may have as many tasks open as concurrency says, and no more
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/tasks-concurrency/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => ['code' => '$open = [];
    while (count($open) < 2) { $open[] = BgWorkers\receive_task(); }
    try { BgWorkers\receive_task(); } catch (LogicException $e) { $said = $e->getMessage(); }
    $open[1]->finish(["second"]);
    $third = BgWorkers\receive_task();
    $open[0]->finish([$said]);
    $third->finish(["third"]);
    live();', 'concurrency' => 2]]);
use function BgWorkers\{send_task, await_tasks, status};
$tasks = [send_task('w'), send_task('w'), send_task('w')];
foreach (await_tasks($tasks) as [$result]) {
    echo $result, "\n";
}
?>
--EXPECT--
this instance has 2 tasks open, which is its concurrency: finish one first
second
third
