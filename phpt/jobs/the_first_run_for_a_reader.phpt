--TEST--
The first run of a job begins at once for a get_vars() that waits; afterwards it waits for its time
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/jobs-the_first_run_for_a_reader/workers.ini
error_log={PWD}/the_first_run_for_a_reader.log
bgworkers.log_level=info
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
use function BgWorkers\{get_vars, status};
workers([
    'job' => ['every' => 1000000, 'code' => 'BgWorkers\set_vars(["run" => 1]);'],
    'nobody waits' => ['every' => 1000000, 'num' => 1, 'code' => 'BgWorkers\set_vars([]);'],
]);
// In the cli nothing is planned without bgworkers.cli_autostart.
foreach (status() as $name => $job) {
    echo "$name: $job[state] ", json_encode($job['next_run']), "\n";
}
echo get_class((function () { try { get_vars('nobody waits', 0); } catch (Exception $e) { return $e; } })()), "\n";
var_dump(get_vars('job'));
wait_until(fn () => status()['job']['state'] === 'waiting' && status()['nobody waits']['next_run'] !== null);
foreach (status() as $name => $job) {
    echo "$name: $job[state], $job[runs] runs, ", fmod($job['next_run'], 1000000), "\n";
    var_dump($job['next_run'] > microtime(true));
}
var_dump(get_vars('job'));
ob_start();
phpinfo(INFO_MODULES);
var_dump((bool) preg_match('/^job => waiting => yes => 1 => 1 => 0 => 0 => 0 => -$/m', ob_get_clean()));
foreach (log_lines() as $line) {
    echo preg_replace(['/=\d+\.\d+/', '~=/\S+~'], ['=N', '=PATH'], $line), "\n";
}
?>
--CLEAN--
<?php @unlink(__DIR__ . '/the_first_run_for_a_reader.log'); ?>
--EXPECT--
job: idle null
nobody waits: idle null
BgWorkers\TimeoutException
array(1) {
  ["run"]=>
  int(1)
}
job: waiting, 1 runs, 0
bool(true)
nobody waits: waiting, 0 runs, 0
bool(true)
array(1) {
  ["run"]=>
  int(1)
}
bool(true)
bgworkers: level=info worker=job event=started run=1 script=PATH
bgworkers: level=info worker=job event=ready after=N
bgworkers: level=info worker=job event=exited status=0 uptime=N next=N
