--TEST--
status() follows a worker from idle to failed; names of the catch-all appear when they are started
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={PWD}/follows_the_life_of_a_worker.ini
error_log={PWD}/life.log
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop, status};
require __DIR__ . '/../helpers.inc';

if (in_worker('fails')) {
    exit(is_file(temp_path('fail')) ? 5 : touch(temp_path('fail')) - 1 + 4);
}
if (in_worker('asks')) {
    set_vars(status());
    should_stop(INF);
    return;
}
if (in_worker()) {
    set_vars(['x' => str_repeat('x', 10000)]);
    should_stop(INF);
    return;
}
echo implode(' ', array_map(fn($s) => $s['state'], status())), "\n";
try { get_vars('fails', 0); } catch (RuntimeException) {}
wait_until(fn() => status()['fails']['state'] === 'failed');
['state' => $state, 'ready' => $ready, 'runs' => $runs, 'crashes' => $crashes, 'consecutive_failures' => $failures, 'last_exit_status' => $status, 'version' => $version, 'age' => $age] = status()['fails'];
var_dump($state, $ready, $runs, $crashes, $failures, $status, $version, $age);
get_vars('77');
get_vars('anything');
var_dump(array_keys(status()), status()[77]['bytes'] > 10000);
$published = status()[77]['published_at'];
usleep(50000);
var_dump(status()[77]['published_at'] === $published, status()[77]['age'] >= 0.05);
var_dump(array_keys(get_vars('asks')) === array_keys(status()));
?>
--CLEAN--
<?php @unlink(__DIR__ . '/life.log'); ?>
--EXPECT--
idle idle
string(6) "failed"
bool(false)
int(3)
int(3)
int(3)
int(5)
int(0)
NULL
array(4) {
  [0]=>
  int(77)
  [1]=>
  string(8) "anything"
  [2]=>
  string(4) "asks"
  [3]=>
  string(5) "fails"
}
bool(true)
bool(true)
bool(true)
bool(true)
