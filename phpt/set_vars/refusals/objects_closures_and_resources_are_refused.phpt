--TEST--
What is neither plain data nor an enum case is refused with its path and type
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/objects_closures_and_resources_are_refused.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\set_vars;
require __DIR__ . '/../../helpers.inc';

class Money {}
print_in_worker(function () {
    $file = fopen('php://memory', 'r');
    $closed = fopen('php://memory', 'r');
    fclose($closed);
    $object = new Money;
    foreach ([
        ['db' => ['host' => 'secret', 'pdo' => new ArrayObject(['secret'])]],
        ['secret', new Money],
        [7 => ['x' => [-1 => $object]]],
        ['f' => fn() => 1],
        ['f' => strlen(...)],
        ['g' => (function () { yield 1; })()],
        ['file' => $file],
        ['file' => [$closed]],
        ['by reference' => &$object],
        ['anonymous' => new class {}],
        ['std' => (object) []],
        ['quote\'s' => ["a\nb" => $object]],
        ["nul\0byte" => $object],
        [str_repeat('long', 5000) => $object],
    ] as $vars) {
        $text = thrown(fn() => set_vars($vars));
        echo strlen($text) > 250 ? 'TOO LONG' : '', substr($text, 0, 300), "\n";
        str_contains($text, 'secret') && print("LEAKS\n");
    }
    $deep = $object;
    for ($i = 0; $i < 100; ++$i) {
        $deep = ["k$i" => $deep];
    }
    echo thrown(fn() => set_vars($deep)), "\n";
});
?>
--EXPECTF--
ValueError: $vars['db']['pdo'] is a ArrayObject object; publish null, bool, int, float, string, enum cases and arrays of those
ValueError: $vars[1] is a Money object; %s
ValueError: $vars[7]['x'][-1] is a Money object; %s
ValueError: $vars['f'] is a Closure object; %s
ValueError: $vars['f'] is a Closure object; %s
ValueError: $vars['g'] is a Generator object; %s
ValueError: $vars['file'] is a resource; %s
ValueError: $vars['file'][0] is a resource%S; %s
ValueError: $vars['by reference'] is a Money object; %s
ValueError: $vars['anonymous'] is a class@anonymous object; %s
ValueError: $vars['std'] is a stdClass object; %s
ValueError: $vars['quote's']['a?b'] is a Money object; %s
ValueError: $vars['nul?byte'] is a Money object; %s
ValueError: $vars['longlong%s...'] is a Money object; %s
ValueError: $vars['k99']['k98']%s['k0'] is a Money object; %s
