--TEST--
status(all: true) and metrics(all: true) tell of this process alone where no others can tell
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/status-all_is_this_process_where_nothing_forks/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
use function BgWorkers\{get_vars, metrics, status};

workers(['ready' => 'BgWorkers\set_vars(["secret" => "s3cret"]); live();', '7' => 'live();']);
$before = microtime(true);
get_vars('ready');
wait_until(fn() => status()['ready']['since'] !== null);
$all = status(all: true);
var_dump(array_keys($all) === [getmypid()], array_keys($all[getmypid()]));

$ready = $all[getmypid()]['ready'];
var_dump($ready['since'] >= $before - 1 && $ready['since'] <= microtime(true) + 1);
var_dump($ready['resident_bytes'] > 1 << 20, abs($ready['told_at'] - microtime(true)) < 60);
var_dump($all[getmypid()][7]['since']);
// Apart from that, and from what passes, it is what status() has.
$same = fn (array $row) => array_diff_key($row, array_flip(['resident_bytes', 'told_at', 'age']));
var_dump(array_map($same, status(true)[getmypid()]) === array_map($same, status()));
var_dump(array_keys(status(false)), status(all: false) == status() || status(all: false)['ready']['age'] !== null);
var_dump(metrics(all: true) === metrics(), str_contains(print_r($all, true), 's3cret'));
attempt(fn() => status('x', 'y'));
?>
--EXPECTF--
bool(true)
array(2) {
  [0]=>
  int(7)
  [1]=>
  string(5) "ready"
}
bool(true)
bool(true)
bool(true)
NULL
bool(true)
array(2) {
  [0]=>
  int(7)
  [1]=>
  string(5) "ready"
}
bool(true)
bool(true)
bool(false)
ArgumentCountError: BgWorkers\status() expects at most 1 argument, 2 given
