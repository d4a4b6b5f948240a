<?php
// PHP's built-in web server.

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
    return [$server, $get];
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

    'each of PHP_CLI_SERVER_WORKERS has its own worker' => function (Scratch $scratch) use ($serve) {
        [$server, $get] = $serve($scratch, ['w' => 'BgWorkers\set_vars(["pid" => getmypid()]); live();'], ['PHP_CLI_SERVER_WORKERS' => '2']);
        $scratch->file('index.php', '<?php echo BgWorkers\get_vars("w")["pid"] === getmypid() ? "own" : "foreign";');
        for ($i = 0; $i < 100; ++$i) {
            expect_same('own', $get('index.php'), "answer $i");
        }
        // A terminal's SIGINT reaches all of them; the first process only waits for the others.
        foreach ($server->children() as $child) {
            posix_kill($child, SIGINT);
        }
        $server->signal(SIGINT);
        expect_same(0, $server->wait(), 'exit code');
        expect_same(3, substr_count($scratch->read('server.out'), 'event=exited status=0'), 'ends of workers');
    },
];
