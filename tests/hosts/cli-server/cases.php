<?php
// PHP's built-in web server.

require_once __DIR__ . '/CliServer.php';
require_once __DIR__ . '/../asking.php';
require_once __DIR__ . '/../opcache_storm.php';

return [
    ...common_cases(fn (Scratch $scratch, array $workers, array $settings) => new CliServer($scratch, $workers, $settings)),

    'opcache_reset() in every request harms neither workers nor values' => function (Scratch $scratch) {
        foreach (['disable', 'tracing'] as $jit) {
            $sub = new Scratch();
            try {
                $server = new CliServer($sub, ['w' => 'do { BgWorkers\set_vars(["a" => "interned", "b" => [1, 2, "three"], "n" => random_int(0, 9)]); } while (!BgWorkers\should_stop(0.0005));'],
                    ['zend_extension' => 'opcache', 'opcache.jit' => $jit, 'opcache.jit_buffer_size' => '16M']);
                $sub->file('index.php', '<?php opcache_reset(); $v = BgWorkers\get_vars("w"); unset($v["n"]); for ($i = 0; $i < 500; ++$i) { $x = strlen("x$i"); } echo json_encode($v);');
                for ($i = 0; $i < 300; ++$i) {
                    expect_same('{"a":"interned","b":[1,2,"three"]}', $server->get('/index.php'), "answer $i with JIT $jit");
                }
                $server->end();
            } finally {
                $sub->clean();
            }
        }
    },

    'each of PHP_CLI_SERVER_WORKERS has its own worker' => function (Scratch $scratch) {
        $server = new CliServer($scratch, ['w' => 'BgWorkers\set_vars(["pid" => getmypid()]); live();'], env: ['PHP_CLI_SERVER_WORKERS' => '2']);
        $workers = asking_http($scratch, $server)->all(3, 'return BgWorkers\get_vars("w")["pid"];');
        expect_same(array_keys($workers), array_values($workers), 'processes of the workers, by process');
        $server->end();
        expect_same(3, substr_count($server->log(), 'event=exited status=0'), 'ends of workers');
    },

    'one shared worker serves all of PHP_CLI_SERVER_WORKERS, and another process takes over from a killed one' => function (Scratch $scratch) {
        $leader_of_four = '$v = BgWorkers\get_vars("w"); return $v["pid"] === BgWorkers\status()["w"]["leader"] ? $v["pid"] : "another leads";';
        $processes = [];
        try {
            // Whoever answers first leads. With the first process all others end, so it is to be another one.
            do {
                array_map(fn ($pid) => posix_kill($pid, SIGKILL), $processes);
                @unlink("$scratch->dir/runs-w");
                $server = new CliServer($scratch, ['w' => ['shared' => 1, 'code' => COUNTS]], env: ['PHP_CLI_SERVER_WORKERS' => '3']);
                $ask = asking_http($scratch, $server);
                await('all processes', fn () => count($server->process->children()) === 3);
                $processes = [$server->process->pid, ...$server->process->children()];
            } while ($ask->one($leader_of_four) === $server->process->pid);
            $all = fn (int $processes, string $code, string $what) =>
                expect_one($ask->all($processes, $code), $processes, $what);
            $leader = $all(4, $leader_of_four, 'worker');
            expect(in_array($leader, $processes, true), 'a leader that is one of them');
            posix_kill($leader, SIGKILL);
            $next = await('another leader', fn () => ($pid = $ask->one('return BgWorkers\get_vars("w", 0)["pid"];')) !== $leader ? $pid : null, 5);
            $seen = $all(3, '$s = BgWorkers\status()["w"]; return [$s["leader"], $s["took_over"], $s["crashes"], $s["runs"]];', 'status');
            expect_same([$next, 1, 1, 2], $seen, 'leader, takeovers, crashes, runs');
            expect_same([$leader, $next], array_column(runs_of($scratch), 0), 'runs');
        } finally {
            foreach ($processes as $pid) {
                posix_kill($pid, SIGKILL);      // the first of them may be the killed one
            }
        }
    },

    'with one process a shared worker is one like any other' => function (Scratch $scratch) {
        $server = new CliServer($scratch, ['w' => ['shared' => 1, 'code' => COUNTS]]);
        $seen = asking_http($scratch, $server)->one('$v = BgWorkers\get_vars("w"); $s = BgWorkers\status()["w"]; return [$v["pid"] === getmypid(), $s["leader"], $s["took_over"]];');
        expect_same([true, null, 0], $seen, 'process, leader, takeovers');
        $server->end();
    },

    ...opcache_storm_cases(function (Scratch $scratch, array $workers, array $settings) {
        $server = new CliServer($scratch, $workers, $settings, ['PHP_CLI_SERVER_WORKERS' => '2']);
        return [
            fn (array $paths) => array_map(fn ($answer) => $answer?->body, http_get_all($server->address, $paths, 4)),
            fn () => $server->end(),
        ];
    }),
];
