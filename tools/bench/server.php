<?php
// What the requests of the benchmark do: all that is measured happens in this one process, in its main thread or in
// its background workers. Answers with samples as JSON.

use function BgWorkers\{get_vars, status};

require __DIR__ . '/data.php';
require __DIR__ . '/timing.php';

$get = fn (string $name, int $default = 0): int => (int) ($_GET[$name] ?? $default);

/** Starts a worker that measures by itself, and waits for what it found. */
function ask_worker(string $name): array
{
    while (!isset(get_vars($name)['samples'])) {
        usleep(20000);
    }
    return get_vars($name)['samples'];
}

$rows = [
    // The workers publish, the peers store.
    'prepare' => function () use ($get) {
        $size = $get('size');
        get_vars(array_map(fn ($i) => "name-$i", range(0, 9)));
        require __DIR__ . "/function-$size.php";
        $data = include __DIR__ . "/data-$size.php";
        apcu_store("data-$size", $data);
        $equal = get_vars("data-$size") === $data && apcu_fetch("data-$size") === $data && ("Data$size")::get() === $data;
        return ['equal' => $equal && opcache_is_script_cached(__DIR__ . "/data-$size.php")];
    },
    'again' => fn () => interleave(array_map(fn ($c) => $c[0], include __DIR__ . "/contenders-{$get('size')}.php"), $get('rounds')),
    // Each contender's first call in this request, in random order; less what the clock itself takes.
    'first' => function () use ($get) {
        $contenders = array_map(fn ($c) => $c[1], include __DIR__ . "/contenders-{$get('size')}.php");
        $clock = function (): int {
            $start = hrtime(true);
            return hrtime(true) - $start;
        };
        $clock();
        $overhead = min($clock(), $clock(), $clock());
        $names = array_keys($contenders);
        shuffle($names);
        $samples = [];
        foreach ($names as $name) {
            $samples[$name] = [$contenders[$name]() - $overhead];
        }
        return $samples;
    },
    'list' => fn () => interleave([
        'list' => function (int $rounds): float {
            $start = hrtime(true);
            for ($i = 0; $i < $rounds; ++$i) {
                $v = get_vars(['name-0', 'name-1', 'name-2', 'name-3', 'name-4', 'name-5', 'name-6', 'name-7', 'name-8', 'name-9']);
            }
            return (hrtime(true) - $start) / $rounds;
        },
        'singles' => function (int $rounds): float {
            $start = hrtime(true);
            for ($i = 0; $i < $rounds; ++$i) {
                $v = ['name-0' => get_vars('name-0'), 'name-1' => get_vars('name-1'), 'name-2' => get_vars('name-2'),
                    'name-3' => get_vars('name-3'), 'name-4' => get_vars('name-4'), 'name-5' => get_vars('name-5'),
                    'name-6' => get_vars('name-6'), 'name-7' => get_vars('name-7'), 'name-8' => get_vars('name-8'),
                    'name-9' => get_vars('name-9')];
            }
            return (hrtime(true) - $start) / $rounds;
        },
    ], $get('rounds')),
    'publish' => fn () => ask_worker('publish'),
    // A reader that is blocked since 2 ms: from the worker's set_vars() until get_vars() has returned here.
    'wake' => function () use ($get) {
        $published = get_vars("wake-{$get('sample')}");
        return ['wake' => [hrtime(true) - $published['at']]];
    },
    'cold' => function () use ($get) {
        $name = "cold-{$get('sample')}";
        $start = hrtime(true);
        get_vars($name);
        return ['cold' => [hrtime(true) - $start]];
    },
    'threads' => function () use ($get) {
        get_vars(['ticker', 'reader-1', 'reader-2']);
        apcu_store('schedule', ['start' => hrtime(true) + 50_000_000, 'phase' => 200_000_000, 'phases' => $get('rounds') * 4]);
        return array_merge_recursive(ask_worker('reader-1'), ask_worker('reader-2'), ask_worker('ticker'));
    },
    'bytes' => function () {
        get_vars('bytes');
        return ['snapshot' => [status()['bytes']['bytes']], 'array' => [apcu_fetch('memory of the array')]];
    },
    'rss' => function () {
        get_vars(['rss-reader-1', 'rss-reader-2']);
        return ask_worker('rss');
    },
    ...require __DIR__ . '/task_requests.php',
];
header('Content-Type: application/json');
echo json_encode($rows[$_GET['row']]());
