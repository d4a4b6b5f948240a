--TEST--
Waiting in a circle is refused only while nobody in it is ready
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/a_circle_only_while_it_waits.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};
require __DIR__ . '/../helpers.inc';

if (in_worker('a')) {
    set_vars(['ready']);
    set_vars(['with b' => get_vars('b')]);
    should_stop(INF);
    return;
}
if (in_worker('b')) {
    set_vars(['with a' => array_keys(get_vars('a'))]);
    should_stop(INF);
    return;
}
if (in_worker('self')) {
    $first = thrown(fn() => get_vars('self'));
    $second = thrown(fn() => get_vars(['self'], 0));
    set_vars(['first' => $first]);
    set_vars(['first' => $first, 'second' => $second, 'own' => array_keys(get_vars('self'))]);
    should_stop(INF);
    return;
}
echo json_encode(wait_until(fn() => get_vars('a')['with b'] ?? null)), "\n";
echo implode("\n", wait_until(fn() => isset(get_vars('self')['own']) ? array_slice(get_vars('self'), 0, 2) : null)), "\n";
?>
--EXPECTF--
{"with a":[%s]}
RuntimeException: waiting would close a circle: self waits for self
BgWorkers\TimeoutException: worker "self" is not ready after 0 s: %s
