--TEST--
restart() ends the present run of one worker in order; another begins, and readers keep the last snapshot meanwhile
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/restart-another_run_begins/workers.ini
error_log={PWD}/another_run_begins.log
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
use function BgWorkers\{get_vars, restart, send_task, status};
workers([
    'a' => <<<'PHP'
        file_put_contents(__DIR__ . '/runs', '.', FILE_APPEND);
        clearstatcache();
        $run = filesize(__DIR__ . '/runs');
        if ($run === 2) { while (!is_file(__DIR__ . '/flag-go')) usleep(1000); }
        BgWorkers\set_vars(['run' => $run]);
        live();
        file_put_contents(__DIR__ . '/farewells', 'bye', FILE_APPEND);
        PHP,
    'other' => 'BgWorkers\set_vars(["restarted" => false]);
        while (!is_file(__DIR__ . "/flag-now") && !BgWorkers\should_stop(0.01));
        BgWorkers\set_vars(["restarted" => BgWorkers\restart("a")]); live();',
    'tasks' => '$n = 0; while ($task = BgWorkers\receive_task()) $task->finish([++$n]);',
    'unasked' => 'live();',
]);
get_vars(['a', 'other']);
attempt(fn () => restart('a'));
wait_until(fn () => status()['a']['runs'] === 2);
var_dump(get_vars('a'));
raise_flag('go');
wait_until(fn () => get_vars('a')['run'] === 2);
echo file_get_contents(temp_path('farewells')), ' ', status()['a']['crashes'], ' ', status()['other']['runs'], "\n";

echo "by another worker\n";
raise_flag('now');
wait_until(fn () => get_vars('a')['run'] === 3);
var_dump(get_vars('other')['restarted']);

echo "while it waits for a task\n";
echo json_encode([send_task('tasks')->await(), send_task('tasks')->await()]), "\n";
restart('tasks');
wait_until(fn () => status()['tasks']['runs'] === 2);
echo json_encode(send_task('tasks')->await()), "\n";

echo "what nobody has asked for\n";
var_dump(restart('unasked'), status()['unasked']['state'], status()['unasked']['runs']);
usleep(20000);
var_dump(status()['unasked']['state']);
echo implode("\n", array_map(fn ($line) => preg_replace('/=[0-9.]+$/', '=...', $line), log_lines('worker=tasks event=restart'))), "\n";
?>
--CLEAN--
<?php @unlink(__DIR__ . '/another_run_begins.log'); ?>
--EXPECT--
bool(true)
array(1) {
  ["run"]=>
  int(1)
}
bye 0 1
by another worker
bool(true)
while it waits for a task
[[1],[2]]
[1]
what nobody has asked for
bool(false)
string(4) "idle"
int(0)
string(4) "idle"
bgworkers: level=notice worker=tasks event=restart
