--TEST--
looked_at tells the last call of set_vars(), be it with what is published; published_at does not move then
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/status-an_equal_publication_is_a_look/workers.ini
bgworkers.log_level=error
error_log=/dev/null
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
use function BgWorkers\{get_vars, metrics, status};
workers([
    'same array' => '$vars = [1, 2]; do { BgWorkers\set_vars($vars); } while (!BgWorkers\should_stop(0.01));',
    'equal array' => 'do { BgWorkers\set_vars(json_decode("[1, 2]")); } while (!BgWorkers\should_stop(0.01));',
    'once' => 'BgWorkers\set_vars([1]); live();',
    'refused' => 'BgWorkers\set_vars([1]); $end = BgWorkers\status()["refused"]["looked_at"];
        usleep(50000); try { BgWorkers\set_vars([new stdClass()]); } catch (ValueError) {}
        BgWorkers\set_vars(["moved" => BgWorkers\status()["refused"]["looked_at"] !== $end]); live();',
    'never' => 'live();',
]);
var_dump(status()['same array']['looked_at']);
foreach (['same array', 'equal array'] as $name) {
    get_vars($name);
    $before = status()[$name];
    $after = wait_until(fn () => status()[$name]['looked_at'] > $before['looked_at'] + 0.05 ? status()[$name] : null);
    var_dump($after['published_at'] === $before['published_at'], $after['version'] === $before['version'], abs($after['looked_at'] - microtime(true)) < 30);
}
get_vars('once');
$before = status()['once']['looked_at'];
usleep(50000);
var_dump(status()['once']['looked_at'] === $before, $before >= status()['once']['published_at']);
var_dump(wait_until(fn () => isset(get_vars('refused')['moved']) ? get_vars('refused') : null));
var_dump(preg_match_all('/^bgworkers_worker_looked_timestamp_seconds\{worker="[a-z ]+",pid="' . getmypid() . '"\} \d+/m', metrics()));
?>
--EXPECT--
NULL
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
array(1) {
  ["moved"]=>
  bool(false)
}
int(4)
