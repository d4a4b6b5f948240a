<?php
// What only FrankenPHP does. Takes the mode, returns the cases.

return fn (bool $worker_mode) => [
    'getenv() and putenv(), which FrankenPHP replaces, are PHP\'s own in workers and FrankenPHP\'s own in requests' => function (Scratch $scratch) use ($worker_mode) {
        $host = Frankenphp::with($scratch, ['w' => ['env[ONLY]' => 'mine', 'code' => <<<'PHP'
            $before = getenv('OF_WORKER');
            putenv('OF_WORKER=' . str_repeat('x', 100000));
            file_put_contents(__DIR__ . '/runs', 'x', FILE_APPEND);
            BgWorkers\set_vars([getenv('ONLY'), getenv()['ONLY'] ?? null, $before, strlen(getenv('OF_WORKER')), filesize(__DIR__ . '/runs')]);
            BgWorkers\should_stop(1.2);
            PHP]], [], $worker_mode);
        $scratch->file('index.php', '<?php putenv("OF_REQUEST=1"); echo json_encode([getenv("ONLY"), getenv("OF_REQUEST"), BgWorkers\get_vars("w")]);');
        for ($run = 1; $run <= 3; ++$run) {
            await("run $run", fn () => strlen($host->get('/index.php')) > 0 && strlen($scratch->read('runs')) >= $run);
            $answer = await("what run $run published", fn () => (($answer = json_decode($host->get('/index.php'), true))[2][4] ?? 0) >= $run ? $answer : false);
            expect_same([false, '1', ['mine', 'mine', false, 100000]], [$answer[0], $answer[1], array_slice($answer[2], 0, 4)], "answer in run $run");
        }
        $host->end();
    },

    'frankenphp_log() of a worker is a line of that worker' => function (Scratch $scratch) use ($worker_mode) {
        $host = Frankenphp::with($scratch, ['w' => 'frankenphp_log("of the worker", 4, ["a" => 1]); BgWorkers\set_vars([1]); live();'], [], $worker_mode);
        $scratch->file('index.php', '<?php frankenphp_log("of the request", 4); echo json_encode(BgWorkers\get_vars("w"));');
        expect_same('[1]', $host->get('/index.php'), 'answer');
        $host->end('bgworkers: \[w\] of the worker', ' WARN of the request');
        expect(str_contains($host->log(), 'bgworkers: [w] of the worker') && preg_match('/ WARN of the request/', $host->log()), 'both lines in their logs');
    },

    'the aliases stand beside FrankenPHP\'s own functions' => function (Scratch $scratch) use ($worker_mode) {
        $script = '<?php echo json_encode([function_exists("frankenphp_get_vars") ? [frankenphp_get_vars("w"), (new ReflectionFunction("frankenphp_get_vars"))->getExtensionName()] : null,
            (new ReflectionFunction("frankenphp_handle_request"))->getExtensionName(), isset(frankenphp_request_headers()["X-Asked-For"])]);';
        $worker = '$handle = frankenphp_get_worker_handle(); frankenphp_set_vars([$_SERVER["FRANKENPHP_WORKER_NAME"], $_SERVER["FRANKENPHP_WORKER_BACKGROUND"]]); fgets($handle);';
        foreach (['1' => '[[["w",true],"bgworkers"],"frankenphp",true]', '0' => '[null,"frankenphp",true]'] as $aliases => $expected) {
            $sub = new Scratch();
            try {
                $host = Frankenphp::with($sub, ['w' => $worker], ['bgworkers.frankenphp_aliases' => (string) $aliases], $worker_mode);
                $sub->file('index.php', $script);
                expect_same($expected, $host->get('/index.php'), "answer with the aliases at $aliases");
                $host->end();
            } finally {
                $sub->clean();
            }
        }
    },

    'reboots of the engine in one process end every worker in order and leave nothing over' => function (Scratch $scratch) use ($worker_mode) {
        $reboots = getenv('BGWORKERS_ALL_TESTS') ? 100 : 20;
        $host = Frankenphp::with($scratch, ['w' => 'BgWorkers\set_vars([getmypid()]); live(); file_put_contents(__DIR__ . "/stopped", "x", FILE_APPEND);', 'other' => 'BgWorkers\set_vars([1]); live();'], [], $worker_mode);
        $scratch->file('index.php', '<?php echo count(BgWorkers\get_vars(["w", "other"]));');
        $held = [];
        for ($i = 0; $i < $reboots; ++$i) {
            $answers = http_get_all($host->address, array_fill(0, 20, '/index.php'), 8);
            expect_same(['2' => 20], array_count_values(array_map(fn ($answer) => $answer?->body ?? 'none', $answers)), "answers after $i reboots");
            $held[] = $host->holdings();
            expect_same(200, http_get($host->address, '/-/reboot')->status, 'answer to a reboot');
            expect_same($i + 1, strlen($scratch->read('stopped')), 'workers that ended in order');
        }
        // Go keeps threads of its own in stock: they level off.
        [$threads, $descriptors] = array_map(max(...), [array_column(array_slice($held, 5, 5), 0), array_column(array_slice($held, 5, 5), 1)]);
        [$late_threads, $late_descriptors] = array_map(min(...), [array_column(array_slice($held, -5), 0), array_column(array_slice($held, -5), 1)]);
        expect($late_threads <= $threads + 2, "threads that level off, got $threads, then $late_threads");
        expect($late_descriptors <= $descriptors, "descriptors that level off, got $descriptors, then $late_descriptors");
        $host->end();
    },

    'a reboot ends a worker that does not listen, and goes on' => function (Scratch $scratch) use ($worker_mode) {
        $host = Frankenphp::with($scratch, ['w' => ['shutdown_grace' => '0.3', 'code' => 'BgWorkers\set_vars([1]); while (true) { sleep(100); }'],
            'busy' => ['shutdown_grace' => '0.3', 'code' => 'BgWorkers\set_vars([1]); while (true) { sha1("x"); }']], [], $worker_mode);
        $scratch->file('index.php', '<?php echo count(BgWorkers\get_vars(["w", "busy"]));');
        for ($i = 0; $i < 3; ++$i) {
            expect_same('2', $host->get('/index.php'), 'answer');
            expect_same(200, http_get($host->address, '/-/reboot')->status, 'answer to a reboot');
        }
        $host->end('bgworkers: level=warning worker=(w|busy) event=(killed|exited)');
        expect_same(6, preg_match_all('/event=killed/', $host->log()), 'workers killed');
    },

    'opcache_reset() in every request, one request thread: neither workers nor values suffer' => function (Scratch $scratch) use ($worker_mode) {
        $host = Frankenphp::with($scratch, ['w' => 'do { BgWorkers\set_vars(["literal" => ["a" => "interned", "b" => [1, 2, "three"]], "n" => random_int(0, 9)]); } while (!BgWorkers\should_stop(0.0005));'],
            ['zend_extension' => getenv('FRANKENPHP_OPCACHE'), 'opcache.enable' => '1', 'opcache.jit' => 'disable'], $worker_mode, $worker_mode ? 2 : 1);
        $scratch->file('index.php', '<?php $v = BgWorkers\get_vars("w"); opcache_reset(); for ($i = 0; $i < 300; ++$i) { strlen("x$i"); } echo json_encode(BgWorkers\get_vars("w")["literal"]);');
        $scratch->file('count.php', '<?php echo opcache_get_status(false)["opcache_statistics"]["manual_restarts"];');
        $rounds = getenv('BGWORKERS_ALL_TESTS') ? 100 : 10;
        for ($i = 0; $i < $rounds; ++$i) {
            $answers = http_get_all($host->address, array_fill(0, 50, '/index.php'), 8);
            expect_same(['{"a":"interned","b":[1,2,"three"]}' => 50], array_count_values(array_map(fn ($answer) => $answer?->body ?? 'none', $answers)), 'answers');
            // A worker script is one long request, and OPcache restarts between requests.
            $worker_mode && $host->get('/-/restart-workers');
        }
        expect((int) $host->get('/count.php') >= ($worker_mode ? $rounds / 2 : $rounds * 10), 'restarts of OPcache, got ' . $host->get('/count.php'));
        $host->end();
    },

    'it starts and stops, with requests and without, as without the extension' => function (Scratch $scratch) use ($worker_mode) {
        foreach ([true, false] as $with_extension) {
            foreach ([true, false] as $with_request) {
                $sub = new Scratch();
                try {
                    $settings = $with_extension ? ['bgworkers.config' => $sub->workers(['w' => ['num' => 1, 'code' => 'BgWorkers\set_vars([]); live();']])] : [];
                    $host = new Frankenphp($sub, $settings, $worker_mode, with_extension: $with_extension);
                    $sub->file('index.php', '<?php echo extension_loaded("bgworkers") ? "with" : "without";');
                    if ($with_request) {
                        expect_same($with_extension ? 'with' : 'without', $host->get('/index.php'), 'answer');
                    }
                    $host->end();
                } finally {
                    $sub->clean();
                }
            }
        }
    },

    ...($worker_mode ? [
        'twenty restarts of FrankenPHP\'s worker threads under load lose no request and touch no worker of ours' => function (Scratch $scratch) {
            $host = Frankenphp::with($scratch, ['w' => 'file_put_contents(__DIR__ . "/runs", "x", FILE_APPEND); do { BgWorkers\set_vars(["v" => "here", "n" => random_int(0, 99999)]); } while (!BgWorkers\should_stop(0.001));'], [], true);
            $scratch->file('index.php', '<?php $v = BgWorkers\get_vars("w"); usleep(500); echo $v["v"];');
            $restart = $scratch->file('restart.php', <<<'PHP'
                <?php
                for ($i = 0; $i < 20; ++$i) { usleep(50000); file_get_contents("http://$argv[1]/-/restart-workers"); }
                PHP);
            $restarts = $scratch->start([getenv('PHP'), '-n', $restart, $host->address], 'restarts.out');
            do {
                $answers = http_get_all($host->address, array_fill(0, 1000, '/index.php'), 8, seconds: 60);
                expect_same(['here' => 1000], array_count_values(array_map(fn ($answer) => $answer?->body ?? 'none', $answers)), 'answers');
            } while ($restarts->runs());
            expect_same(0, $restarts->wait(), 'exit code of the restarter');
            expect_same('', $scratch->read('restarts.out'), 'output of the restarter');
            expect_same('x', $scratch->read('runs'), 'runs of the worker');
            $host->end();
        },
    ] : []),
];
