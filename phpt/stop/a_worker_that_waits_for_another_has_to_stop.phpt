--TEST--
get_vars() in a worker that has to stop throws at once, and a waiting one is woken
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/a_worker_that_waits_for_another_has_to_stop.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};
require __DIR__ . '/../helpers.inc';

write_file('w.php', '<?php use function BgWorkers\{get_vars, set_vars, should_stop};
    if ($argv[1] === "never") { should_stop(INF); exit; }
    if ($argv[1] === "ready") { set_vars([1]); should_stop(INF); exit; }
    set_vars([]);
    try { get_vars("never", INF); } catch (RuntimeException $e) { echo get_class($e), ": ", $e->getMessage(), "\n"; }
    try { get_vars("never", INF); } catch (RuntimeException $e) { echo get_class($e), ": ", $e->getMessage(), "\n"; }
    try { get_vars("another"); } catch (RuntimeException $e) { echo get_class($e), ": ", $e->getMessage(), "\n"; }
    var_dump(get_vars("ready"));
    exit(3);');
$code = 'BgWorkers\get_vars(["w", "ready"]); wait_until(fn() => (BgWorkers\status()["never"]["state"] ?? "") === "running"); exit(6);';
[$exit, , $err] = run_php($code, ['bgworkers.entrypoint' => temp_path('w.php'), 'bgworkers.shutdown_grace' => '30']);
echo preg_replace('/(the process is shutting down|this worker has to stop)/', '...', $err), $exit, "\n";
?>
--EXPECT--
bgworkers: [w] RuntimeException: cannot wait for worker "never": ...
bgworkers: [w] RuntimeException: cannot wait for worker "never": ...
bgworkers: [w] RuntimeException: cannot wait for worker "another": ...
bgworkers: [w] array(1) {
bgworkers: [w]   [0]=>
bgworkers: [w]   int(1)
bgworkers: [w] }
6
