--TEST--
While a worker restarts, readers get its last snapshot at once
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/get_vars-restarting_worker_keeps_its_snapshot/workers.ini
bgworkers.log_level=error
error_log=/dev/null
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => ['max_consecutive_failures' => -1, 'code' => 'BgWorkers\set_vars(["run" => getmypid()]); throw new Exception("again");']]);
use function BgWorkers\{get_vars, status};
get_vars('w');
wait_until(fn () => status()['w']['runs'] >= 3);
var_dump(get_vars('w', 0) === ['run' => getmypid()], status()['w']['ready'], status()['w']['crashes'] >= 2);
var_dump(str_replace(temp_path(''), '{tmp}', status()['w']['last_error']));
?>
--EXPECTF--
bool(true)
bool(true)
bool(true)
string(%d) "Exception: again in {tmp}/worker-w.php:3"
