--TEST--
What a run prints stands between the line that it has started and the one that it has ended, on the right side of `ready`
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/output-in_order/workers.ini
error_log={PWD}/in_order.log
bgworkers.log_level=debug
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
$names = array_map(fn ($i) => "w$i", range(1, 20));
workers(array_fill_keys($names, 'echo "before\n"; BgWorkers\set_vars([]); echo "after\n"; exec("echo child; echo child >&2");
    echo "half a line"; exit(7);'));
BgWorkers\get_vars($names);
wait_until(fn () => min(array_column(BgWorkers\status(), 'runs')) >= 3);
$orders = [];
foreach ($names as $name) {
    $words = array_map(fn ($line) => preg_replace('/^bgworkers: (\[\w+\]|level=\w+ worker=\w+) (event=)?([\w ]+).*/', '$3', $line),
        array_filter(log_lines(), fn ($line) => (bool) preg_match("/\\[$name\\]|worker=$name /", $line)));
    $words = array_map(fn ($word) => preg_replace('/ (run|after|status|instance|more)$/', '', $word), $words);
    foreach (array_slice(explode('started', implode(' ', $words)), 1, 2) as $run) {
        @$orders[$run]++;
    }
}
print_r($orders);
?>
--CLEAN--
<?php @unlink(__DIR__ . '/in_order.log'); ?>
--EXPECT--
Array
(
    [ before ready after child half a line exited ] => 40
)
