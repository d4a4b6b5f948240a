--TEST--
Tasks in destructors, shutdown functions, fibers and generators
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/tasks-tasks_in_odd_places/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => 'while ($task = BgWorkers\receive_task()) { $task->finish([$task->payload[0] . "!"]); }
', 'odd' => 'function tasks() { while ($task = BgWorkers\receive_task()) { yield $task; } }
    register_shutdown_function(function () use (&$last) { $last->finish(["in a shutdown function"]); });
    foreach (tasks() as $task) {
        if ($task->payload === ["last"]) { $last = $task; exit(0); }
        $fiber = new Fiber(function () use ($task) { Fiber::suspend(); $task->finish(["in a fiber"]); });
        $fiber->start();
        $fiber->resume();
    }']);
use function BgWorkers\send_task;
final class AtTheEnd {
    function __construct(private string $where) {}
    function __destruct() { echo send_task('w', [$this->where])->await()[0], "\n"; }
}
$held = new AtTheEnd('destructor');
unset($held);
$held = new AtTheEnd('destructor at the end');
$fiber = new Fiber(function () { $task = send_task('w', ['fiber']); Fiber::suspend(); echo $task->await()[0], "\n"; });
$fiber->start();
$fiber->resume();
foreach ((function () { $task = send_task('w', ['generator']); yield 1; yield $task->await()[0]; })() as $value) {
    echo $value, "\n";
}
echo send_task('odd', ['x'])->await()[0], "\n";
echo send_task('odd', ['last'])->await()[0], "\n";
register_shutdown_function(fn() => print(send_task('w', ['shutdown function'])->await()[0] . "\n"));
?>
--EXPECT--
destructor!
fiber!
1
generator!
in a fiber
in a shutdown function
shutdown function!
destructor at the end!
