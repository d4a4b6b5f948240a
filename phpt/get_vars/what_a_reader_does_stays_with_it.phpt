--TEST--
What one reader does to its array reaches neither the others nor the worker
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/what_a_reader_does_stays_with_it.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};
require __DIR__ . '/../helpers.inc';

if (in_worker('w')) {
    $vars = ['list' => [1, 2, 3], 'map' => ['k' => ['v' => 'x']], 'text' => 'abc'];
    set_vars($vars);
    await_flag('done');
    set_vars($vars + ['seen' => $vars === ['list' => [1, 2, 3], 'map' => ['k' => ['v' => 'x']], 'text' => 'abc']]);
    should_stop(INF);
    return;
}
if (in_worker()) {
    for ($n = 0; $n < 500; ++$n) {
        $vars = get_vars('w');
        $fine = $vars['list'] === [1, 2, 3] && $vars['map']['k']['v'] === 'x' && $vars['text'] === 'abc';
        $vars['list'][] = $argv[1];
        sort($vars['list']);
        $r = &$vars['map']['k']['v'];
        $r = $argv[1];
        $vars['text'][1] = 'X';
        if (!$fine) {
            break;
        }
    }
    set_vars([$fine]);
    should_stop(INF);
    return;
}
var_dump(array_column(get_vars(['r1', 'r2', 'r3', 'r4']), 0));
raise_flag('done');
var_dump(wait_until(fn() => get_vars('w')['seen'] ?? null));
?>
--EXPECT--
array(4) {
  [0]=>
  bool(true)
  [1]=>
  bool(true)
  [2]=>
  bool(true)
  [3]=>
  bool(true)
}
bool(true)
