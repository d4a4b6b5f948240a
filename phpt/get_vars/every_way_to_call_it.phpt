--TEST--
However it is called, get_vars() gives the same array, and says the same of a mistake
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/get_vars-every_way_to_call_it/workers.ini
bgworkers.log_level=error
--FILE--
<?php
namespace App {
    function unqualified(): array { return get_vars('w'); }  // App\get_vars, once there is one
}
namespace {
    use function BgWorkers\get_vars;
    require __DIR__ . '/../helpers.inc';
    workers(['w' => 'BgWorkers\set_vars(["a" => [1, 2]]); live();', 'v' => 'BgWorkers\set_vars(["b" => 1]); live();']);
    $first = get_vars('w');
    $name = 'w';
    $made = implode('', ['w']);
    $by_reference = &$name;
    foreach ([
        'a literal' => fn() => get_vars('w'),
        'again' => fn() => get_vars('w'),
        'fully qualified' => fn() => \BgWorkers\get_vars('w'),
        'a variable' => fn() => get_vars($name),
        'a string of its own' => fn() => get_vars($made),
        'a reference' => function () use (&$by_reference) { return get_vars($by_reference); },
        'with a timeout' => fn() => get_vars('w', 0),
        'with a float' => fn() => get_vars('w', 0.5),
        'with INF' => fn() => get_vars('w', INF),
        'named' => fn() => get_vars(name: 'w'),
        'named, the other way round' => fn() => get_vars(timeout: 1, name: 'w'),
        'spread' => fn() => get_vars(...['w', 1.0]),
        'spread by name' => fn() => get_vars(...['name' => 'w']),
        'first class' => fn() => (get_vars(...))('w'),
        'call_user_func' => fn() => call_user_func('BgWorkers\get_vars', 'w'),
        'array_map' => fn() => array_map('BgWorkers\get_vars', ['w'])[0],
        'a dynamic name' => fn() => ('BgWorkers\\' . 'get_vars')('w'),
        'eval' => fn() => eval('return BgWorkers\get_vars("w");'),
        'a list' => fn() => get_vars(['v', 'w'])['w'],
        'reflection' => fn() => (new ReflectionFunction('BgWorkers\get_vars'))->invoke('w'),
    ] as $how => $read) {
        for ($i = 0; $i < 3; ++$i) {
            $read('w') === $first || print("$how: WRONG\n");
        }
    }
    for ($i = 0; $i < 100; ++$i) {  // names that take turns
        get_vars('v') === ['b' => 1] && get_vars('w') === $first || print("turns: WRONG\n");
    }
    echo "-- mistakes\n";
    function mistaken(callable $call): void
    {
        try {
            $call();
        } catch (Throwable $error) {
            echo get_class($error), ': ', $error->getMessage(), "\n";
            $frames = array_filter($error->getTrace(), fn($frame) => str_ends_with($frame['function'], 'get_vars'));
            $arguments = array_values($frames)[0]['args'] ?? [];
            $arguments = array_map(fn($a) => is_object($a) ? get_class($a) : var_export($a, true), $arguments);
            echo count($frames), ' frame, get_vars(', implode(', ', $arguments), ")\n";
        }
    }
    mistaken(fn() => get_vars('nobody'));
    mistaken(fn() => get_vars('w', -1));
    mistaken(fn() => get_vars('w', NAN));
    mistaken(fn() => get_vars('-w'));
    mistaken(fn() => get_vars(new stdClass));
    mistaken(fn() => get_vars('w', 'soon'));
    get_vars('w', '1') === $first || print("a number in a string: WRONG\n");
    mistaken(fn() => eval('declare(strict_types=1); return BgWorkers\get_vars("w", "1");'));
    mistaken(fn() => \App\unqualified());
    mistaken(fn() => get_vars());
    mistaken(fn() => get_vars('w', 1, 2));
}
?>
--EXPECTF--
-- mistakes
RuntimeException: %snobody%s
1 frame, get_vars('nobody')
ValueError: BgWorkers\get_vars(): Argument #2 ($timeout) must be a number of seconds, 0 or more
1 frame, get_vars('w', -1)
ValueError: BgWorkers\get_vars(): Argument #2 ($timeout) must be a number of seconds, 0 or more
1 frame, get_vars('w', NAN)
ValueError: BgWorkers\get_vars(): Argument #1 ($name) must not start with "-"
1 frame, get_vars('-w')
TypeError: BgWorkers\get_vars(): Argument #1 ($name) must be of type array|string, stdClass given
1 frame, get_vars(stdClass)
TypeError: BgWorkers\get_vars(): Argument #2 ($timeout) must be of type float, string given
1 frame, get_vars('w', 'soon')
TypeError: BgWorkers\get_vars(): Argument #2 ($timeout) must be of type float, string given
1 frame, get_vars('w', '1')
Error: Call to undefined function App\get_vars()
0 frame, get_vars()
ArgumentCountError: BgWorkers\get_vars() expects at least 1 argument, 0 given
1 frame, get_vars()
ArgumentCountError: BgWorkers\get_vars() expects at most 2 arguments, 3 given
1 frame, get_vars('w', 1, 2)
