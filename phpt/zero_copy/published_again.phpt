--TEST--
What was read is published again: parts, wholes, changed and mixed
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/published_again.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};

require __DIR__ . '/snapshot.inc';
if (in_worker('source')) {
    set_vars(snapshot());
    should_stop(INF);
    return;
}
if (in_worker('again')) {
    $vars = get_vars('source');
    $results = [];
    foreach ([$vars, ['whole' => $vars, 'twice' => [$vars, $vars]], $vars['rows'], [$vars['text'] => $vars['list']] + $vars,
        array_map(fn($x) => $x, $vars), ['reference' => &$vars['map']] + $vars] as $again) {
        set_vars($again);
        $results[] = get_vars('again') === $again;
        set_vars(get_vars('again'));
        $results[] = get_vars('again') === $again;
    }
    $vars['list'][] = 'changed';
    set_vars($vars);
    $results[] = get_vars('again')['list'] === [...snapshot()['list'], 'changed'];
    $results[] = get_vars('source') === snapshot();
    set_vars(['results' => $results]);
    should_stop(INF);
    return;
}
var_dump(array_unique(wait_until(fn() => get_vars('again')['results'] ?? null)));
var_dump(get_vars('source') === snapshot());
?>
--EXPECT--
array(1) {
  [0]=>
  bool(true)
}
bool(true)
