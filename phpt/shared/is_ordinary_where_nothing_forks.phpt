--TEST--
In a process that serves no others a shared worker is one like any other: it runs here, nobody leads, a fork has its own
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/shared-is_ordinary_where_nothing_forks/workers.ini
bgworkers.log_level=error
--SKIPIF--
<?php if (!function_exists('pcntl_fork')) die('skip needs pcntl'); ?>
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
use function BgWorkers\{get_vars, metrics, status};
workers(['w' => ['shared' => 1, 'code' => 'BgWorkers\set_vars(["pid" => getmypid()]); live();'],
    'plain' => 'BgWorkers\set_vars(["pid" => getmypid()]); live();',
    '*' => ['shared' => 1, 'code' => 'BgWorkers\set_vars([$argv[1]]); live();']]);

$child = pcntl_fork();
$vars = get_vars(['w', 'plain', 'other']);
if ($child === 0) {
    exit($vars['w']['pid'] === getmypid() && status()['w']['leader'] === null ? 5 : 6);
}
pcntl_waitpid($child, $status);
var_dump(pcntl_wexitstatus($status));
var_dump($vars['w']['pid'] === getmypid(), $vars['plain']['pid'] === getmypid(), $vars['other']);
foreach (['w', 'plain', 'other'] as $name) {
    ['shared' => $shared, 'leader' => $leader, 'took_over' => $took_over, 'state' => $state] = status()[$name];
    echo "$name: ", json_encode([is_bool($shared), $leader, $took_over, $state]), "\n";
}
var_dump(status()['plain']['shared']);
var_dump(str_contains(metrics(), 'bgworkers_worker_takeovers_total{'));
?>
--EXPECT--
int(5)
bool(true)
bool(true)
array(1) {
  [0]=>
  string(5) "other"
}
w: [true,null,0,"running"]
plain: [true,null,0,"running"]
other: [true,null,0,"running"]
bool(false)
bool(false)
