--TEST--
A wait that would close a circle is refused at once, naming it
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/get_vars-circles/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
$wait_for = fn (string $names) => <<<PHP
    try {
        BgWorkers\get_vars($names);
        BgWorkers\set_vars(['ok']);
    } catch (RuntimeException \$error) {
        BgWorkers\set_vars([\$error->getMessage()]);
    }
    live();
    PHP;
workers(['self' => $wait_for('"self"'), 'a' => $wait_for('"b"'), 'b' => $wait_for('"a"'),
    'x' => $wait_for('"y"'), 'y' => $wait_for('["leaf", "z"]'), 'z' => $wait_for('["x"]'), 'leaf' => 'BgWorkers\set_vars([]); live();']);
use function BgWorkers\get_vars;
$start = microtime(true);
echo get_vars('self')[0], "\n";
$said = array_map(fn ($vars) => $vars[0], get_vars(['a', 'b']));
sort($said);
echo preg_replace('/[ab]/', '?', implode("\n", array_map(fn ($text) => str_contains($text, 'circle') ? substr($text, 0, 28) : $text, $said))), "\n";
$said = array_map(fn ($vars) => $vars[0], get_vars(['x', 'y', 'z']));
var_dump(count(array_filter($said, fn ($text) => str_starts_with($text, 'waiting would close a circle: '))));
var_dump(substr_count(current(array_filter($said, fn ($text) => $text !== 'ok')), ' waits for '));
var_dump(microtime(true) - $start < 15);
?>
--EXPECT--
waiting would close a circle: self waits for self
ok
w?iting would close ? circle
int(1)
int(3)
bool(true)
