--TEST--
status() tells of each worker of the scope, without values
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/status-keys_and_types/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['ready' => 'BgWorkers\set_vars(["secret" => "s3cret"]); live();', 'idle' => 'live();']);
BgWorkers\get_vars('ready');
$status = BgWorkers\status();
var_dump(array_keys($status), $status['idle']);
unset($status['ready']['published_at'], $status['ready']['age'], $status['ready']['looked_at'], $status['ready']['since']);
$status['ready']['version'] = $status['ready']['version'] > 0;
$status['ready']['bytes'] = $status['ready']['bytes'] > 50;
var_dump($status['ready']);
$again = BgWorkers\status()['ready'];
var_dump(abs($again['published_at'] - microtime(true)) < 60, $again['age'] >= 0 && $again['age'] < 60);
var_dump(str_contains(print_r($status, true), 's3cret'));
?>
--EXPECT--
array(2) {
  [0]=>
  string(4) "idle"
  [1]=>
  string(5) "ready"
}
array(25) {
  ["state"]=>
  string(4) "idle"
  ["since"]=>
  NULL
  ["ready"]=>
  bool(false)
  ["instances"]=>
  int(1)
  ["runs"]=>
  int(0)
  ["crashes"]=>
  int(0)
  ["consecutive_failures"]=>
  int(0)
  ["last_exit_status"]=>
  NULL
  ["last_error"]=>
  NULL
  ["version"]=>
  int(0)
  ["bytes"]=>
  int(0)
  ["pinned_bytes"]=>
  int(0)
  ["published_at"]=>
  NULL
  ["age"]=>
  NULL
  ["looked_at"]=>
  NULL
  ["next_run"]=>
  NULL
  ["queued"]=>
  int(0)
  ["oldest_queued"]=>
  NULL
  ["busy"]=>
  int(0)
  ["tasks"]=>
  array(9) {
    ["sent"]=>
    int(0)
    ["running"]=>
    int(0)
    ["done"]=>
    int(0)
    ["failed"]=>
    int(0)
    ["aborted"]=>
    int(0)
    ["cancelled"]=>
    int(0)
    ["expired"]=>
    int(0)
    ["dropped"]=>
    int(0)
    ["rejected"]=>
    int(0)
  }
  ["shared"]=>
  bool(false)
  ["leader"]=>
  NULL
  ["took_over"]=>
  int(0)
  ["log_error"]=>
  NULL
  ["edited_file"]=>
  NULL
}
array(21) {
  ["state"]=>
  string(7) "running"
  ["ready"]=>
  bool(true)
  ["instances"]=>
  int(1)
  ["runs"]=>
  int(1)
  ["crashes"]=>
  int(0)
  ["consecutive_failures"]=>
  int(0)
  ["last_exit_status"]=>
  NULL
  ["last_error"]=>
  NULL
  ["version"]=>
  bool(true)
  ["bytes"]=>
  bool(true)
  ["pinned_bytes"]=>
  int(0)
  ["next_run"]=>
  NULL
  ["queued"]=>
  int(0)
  ["oldest_queued"]=>
  NULL
  ["busy"]=>
  int(0)
  ["tasks"]=>
  array(9) {
    ["sent"]=>
    int(0)
    ["running"]=>
    int(0)
    ["done"]=>
    int(0)
    ["failed"]=>
    int(0)
    ["aborted"]=>
    int(0)
    ["cancelled"]=>
    int(0)
    ["expired"]=>
    int(0)
    ["dropped"]=>
    int(0)
    ["rejected"]=>
    int(0)
  }
  ["shared"]=>
  bool(false)
  ["leader"]=>
  NULL
  ["took_over"]=>
  int(0)
  ["log_error"]=>
  NULL
  ["edited_file"]=>
  NULL
}
bool(true)
bool(true)
bool(false)
