<?php
// PHP's built-in web server.

require_once __DIR__ . '/../http.php';
require_once __DIR__ . '/../opcache_storm.php';

$serve = function (Scratch $scratch, array $workers, array $env = [], array $options = []): array {
    $config = $scratch->workers($workers);
    $probe = stream_socket_server('tcp://127.0.0.1:0');
    $address = stream_socket_get_name($probe, false);
    fclose($probe);
    $server = $scratch->php([...$options, '-d', "bgworkers.config=$config", '-S', $address, '-t', $scratch->dir], 'server.out', $env + getenv());
    await('server', fn () => @stream_socket_client("tcp://$address"));
    $get = function (string $path) use ($address): string {
        $context = stream_context_create(['http' => ['timeout' => 10]]);
        return (string) file_get_contents("http://$address/$path", false, $context);
    };
    return [$server, $get, $address];
};
// A terminal's SIGINT reaches all of them; the first process only waits for the others.
$end_all = function (Process $server): void {
    foreach ($server->children() as $child) {
        posix_kill($child, SIGINT);
    }
    $server->signal(SIGINT);
    expect_same(0, $server->wait(), 'exit code');
};
$noisy = 'do { echo "FOREIGN\n"; header("X-Foreign: 1"); BgWorkers\set_vars(["v" => "ok"]); } while (!BgWorkers\should_stop(0.001));';

return [
    'requests read a worker whose output reaches none of them, and SIGINT ends it in order' => function (Scratch $scratch) use ($serve, $noisy) {
        [$server, $get] = $serve($scratch, ['w' => $noisy]);
        $scratch->file('index.php', '<?php echo BgWorkers\get_vars("w")["v"];');
        for ($i = 0; $i < 100; ++$i) {
            expect_same('ok', $get('index.php'), "answer $i");
        }
        $server->signal(SIGINT);
        expect_same(0, $server->wait(), 'exit code');
        expect(str_contains($scratch->read('server.out'), 'event=exited status=0'), 'the worker\'s end in the log');
    },

    'opcache_reset() in every request harms neither workers nor values' => function (Scratch $scratch) use ($serve, $noisy) {
        foreach (['disable', 'tracing'] as $jit) {
            [$server, $get] = $serve($scratch, ['w' => 'do { BgWorkers\set_vars(["a" => "interned", "b" => [1, 2, "three"], "n" => random_int(0, 9)]); } while (!BgWorkers\should_stop(0.0005));'],
                options: ['-d', 'zend_extension=opcache', '-d', "opcache.jit=$jit", '-d', 'opcache.jit_buffer_size=16M']);
            $scratch->file('index.php', '<?php opcache_reset(); $v = BgWorkers\get_vars("w"); unset($v["n"]); for ($i = 0; $i < 500; ++$i) { $x = strlen("x$i"); } echo json_encode($v);');
            for ($i = 0; $i < 300; ++$i) {
                expect_same('{"a":"interned","b":[1,2,"three"]}', $get('index.php'), "answer $i with JIT $jit");
            }
            $server->signal(SIGINT);
            expect_same(0, $server->wait(), "exit code with JIT $jit");
        }
    },

    'each of PHP_CLI_SERVER_WORKERS has its own worker' => function (Scratch $scratch) use ($serve, $end_all) {
        [$server, $get] = $serve($scratch, ['w' => 'BgWorkers\set_vars(["pid" => getmypid()]); live();'], ['PHP_CLI_SERVER_WORKERS' => '2']);
        $scratch->file('index.php', '<?php echo BgWorkers\get_vars("w")["pid"] === getmypid() ? "own" : "foreign";');
        for ($i = 0; $i < 100; ++$i) {
            expect_same('own', $get('index.php'), "answer $i");
        }
        $end_all($server);
        expect_same(3, substr_count($scratch->read('server.out'), 'event=exited status=0'), 'ends of workers');
    },

    ...opcache_storm_cases(function (Scratch $scratch, array $workers, array $settings) use ($serve, $end_all) {
        $options = [];
        foreach ($settings as $name => $value) {
            array_push($options, '-d', "$name=$value");
        }
        [$server, , $address] = $serve($scratch, $workers, ['PHP_CLI_SERVER_WORKERS' => '2'], $options);
        return [
            fn (array $paths) => array_map(fn ($answer) => $answer?->body, http_get_all($address, $paths, 4)),
            function () use ($scratch, $server, $end_all) {
                $end_all($server);
                expect(!preg_match('/event=(killed|failed)|status=[1-9]/', $scratch->read('server.out')), 'workers that ended in order');
            },
        ];
    }),
];
