--TEST--
A task for a shared worker is refused, with a message that says why, and starts nothing
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/shared-takes_no_tasks/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
use function BgWorkers\{get_vars, post_task, send_task, status};
workers(['w' => ['shared' => 1, 'code' => <<<'PHP'
    try { $said = BgWorkers\receive_task(0); } catch (Throwable $error) { $said = get_class($error) . ': ' . $error->getMessage(); }
    BgWorkers\set_vars([$said]);
    live();
    PHP]]);
foreach (['send_task', 'post_task'] as $function) {
    $said = thrown(fn () => ("BgWorkers\\$function")('w', ['x' => 1]));
    var_dump(str_starts_with($said, 'RuntimeException: '), str_contains($said, 'takes no tasks'));
}
var_dump(status()['w']['runs'], status()['w']['tasks']['sent']);
$said = get_vars('w')[0];
var_dump($said === null || str_contains($said, 'takes no tasks'));
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
int(0)
int(0)
bool(true)
