<?php
// PHP's built-in web server.

require_once __DIR__ . '/CliServer.php';
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
        $scratch->file('index.php', '<?php echo BgWorkers\get_vars("w")["pid"] === getmypid() ? "own" : "foreign";');
        for ($i = 0; $i < 100; ++$i) {
            expect_same('own', $server->get('/index.php'), "answer $i");
        }
        $server->end();
        expect_same(3, substr_count($server->log(), 'event=exited status=0'), 'ends of workers');
    },

    ...opcache_storm_cases(function (Scratch $scratch, array $workers, array $settings) {
        $server = new CliServer($scratch, $workers, $settings, ['PHP_CLI_SERVER_WORKERS' => '2']);
        return [
            fn (array $paths) => array_map(fn ($answer) => $answer?->body, http_get_all($server->address, $paths, 4)),
            fn () => $server->end(),
        ];
    }),
];
