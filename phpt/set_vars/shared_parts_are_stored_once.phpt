--TEST--
What occurs 2^40 times is stored once: publishing, comparing and reading stay small
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/set_vars-shared_parts_are_stored_once/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => <<<'PHP'
    enum Mood { case Calm; }
    function doubled(mixed $inner): array { for ($i = 0; $i < 40; ++$i) { $inner = [$inner, $inner]; } return $inner; }
    BgWorkers\set_vars(['plain' => doubled(['leaf']), 'again' => doubled(['leaf'])]);
    $first = BgWorkers\status()['w']['version'];
    BgWorkers\set_vars(['plain' => doubled(['leaf']), 'again' => doubled(['leaf'])]);
    $same = BgWorkers\status()['w']['version'] === $first;
    $bytes = BgWorkers\status()['w']['bytes'];
    BgWorkers\set_vars(['same' => $same, 'bytes' => $bytes, 'enums' => doubled([Mood::Calm])]);
    live();
    PHP]);
enum Mood { case Calm; }
wait_until(fn () => isset(BgWorkers\get_vars('w')['enums']));
$vars = BgWorkers\get_vars('w');
var_dump($vars['same'], $vars['bytes'] < 20000);
$leaf = $vars['enums'];
while (is_array($leaf)) {
    $leaf = $leaf[1] ?? $leaf[0];
}
var_dump($leaf);
?>
--EXPECT--
bool(true)
bool(true)
enum(Mood::Calm)
