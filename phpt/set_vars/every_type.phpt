--TEST--
Every type that may be published arrives as it was
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/set_vars-every_type/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => <<<'PHP'
    enum Suit: string { case Hearts = 'h'; case Spades = 's'; }
    enum Plain { case One; }
    BgWorkers\set_vars([
        'null' => null, 'true' => true, 'false' => false, 'int' => PHP_INT_MIN, 'float' => 0.1, 'inf' => -INF, 'zero' => -0.0,
        'empty' => '', 'one' => 'x', 'binary' => "a\0b\xff", 'utf8' => 'é', 'numeric' => '12',
        'list' => [1, 2, 3], 'map' => ['a' => ['b' => ['c' => []]]], 5 => 'five', -3 => 'negative', '08' => 'string key',
        'enum' => Suit::Hearts, 'unit' => Plain::One, 'deep' => [[Suit::Spades]],
    ]);
    live();
    PHP]);
enum Suit: string { case Hearts = 'h'; case Spades = 's'; }
enum Plain { case One; }
var_dump(BgWorkers\get_vars('w') === [
    'null' => null, 'true' => true, 'false' => false, 'int' => PHP_INT_MIN, 'float' => 0.1, 'inf' => -INF, 'zero' => -0.0,
    'empty' => '', 'one' => 'x', 'binary' => "a\0b\xff", 'utf8' => 'é', 'numeric' => '12',
    'list' => [1, 2, 3], 'map' => ['a' => ['b' => ['c' => []]]], 5 => 'five', -3 => 'negative', '08' => 'string key',
    'enum' => Suit::Hearts, 'unit' => Plain::One, 'deep' => [[Suit::Spades]],
]);
var_dump(serialize(BgWorkers\get_vars('w')['zero']), array_key_last(BgWorkers\get_vars('w')['list']));
?>
--EXPECT--
bool(true)
string(5) "d:-0;"
int(2)
