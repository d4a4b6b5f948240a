<?php
// What only Apache has: virtual hosts, restarts, children that come and go.

require_once __DIR__ . '/none_lost.php';

$count_children = fn (Apache $apache) => count(array_filter(explode(' ', trim((string) @file_get_contents("/proc/{$apache->process->pid}/task/{$apache->process->pid}/children")))));

return [
    'virtual hosts are scopes: the same name, each its own worker, file and php_admin_value, not its php_value' => function (Scratch $scratch) {
        $code = 'BgWorkers\set_vars([$_SERVER["BGWORKERS_NAME"], "%s", ini_get("memory_limit"), ini_get("bgworkers.max_snapshot_size"), ini_get("precision"), ini_get("bgworkers.scope")]); live();';
        $a = $scratch->workers(['w' => sprintf($code, 'a')], 'a.ini');
        $b = $scratch->workers(['w' => sprintf($code, 'b')], 'b.ini');
        $virtual = fn (string $name, string ...$lines) => ["<VirtualHost *>", "ServerName $name", ...$lines, '</VirtualHost>'];
        $apache = new Apache($scratch, [
            ...$virtual('none.test'),
            ...$virtual('a.test', "php_admin_value bgworkers.config $a", 'php_admin_value memory_limit 77M', 'php_admin_value precision 5'),
            ...$virtual('b.test', "php_admin_value bgworkers.config $b", 'php_admin_value memory_limit 88M', 'php_admin_value bgworkers.max_snapshot_size 3M'),
            ...$virtual('b2.test', "php_admin_value bgworkers.config $b", 'php_admin_value bgworkers.scope second', 'php_admin_value memory_limit 99M', 'php_value precision 7'),
        ]);
        $scratch->file('index.php', '<?php try { echo json_encode(BgWorkers\get_vars("w")); } catch (RuntimeException $e) { echo get_class($e), " ", $e->getMessage(); }');
        $expected = [
            'a.test' => '["w","a","77M","64M","5",""]',
            'b.test' => '["w","b","88M","3M","14",""]',
            'b2.test' => '["w","b","99M","64M","14","second"]',
            'none.test' => 'RuntimeException no background workers are configured: set bgworkers.config to a workers file, or bgworkers.entrypoint to a script, in php.ini',
        ];
        for ($i = 0; $i < 30; ++$i) {
            foreach ($expected as $host => $answer) {
                expect_same($answer, http_get_all($apache->address, array_fill(0, 4, '/index.php'), 4, $host)[3]?->body, "answer of $host");
            }
        }
        $apache->end();
    },

    'a directory\'s .htaccess reaches its own requests alone, never the workers' => function (Scratch $scratch) {
        $config = $scratch->workers(['w' => 'BgWorkers\set_vars([ini_get("memory_limit"), ini_get("precision")]); live();']);
        $apache = new Apache($scratch, ["<Directory $scratch->dir>", 'AllowOverride All', '</Directory>'], ['bgworkers.config' => $config, 'memory_limit' => '66M']);
        mkdir($scratch->file('sub'));
        $scratch->file('sub/.htaccess', "php_value memory_limit 55M\nphp_value precision 3\n");
        $scratch->file('sub/index.php', $php = '<?php echo json_encode([BgWorkers\get_vars("w"), ini_get("memory_limit"), ini_get("precision")]);');
        $scratch->file('index.php', $php);
        expect_same('[["66M","14"],"55M","3"]', $apache->get('/sub/index.php'), 'first answer, below the .htaccess');
        expect_same('[["66M","14"],"66M","14"]', $apache->get('/index.php'), 'answer beside it');
        $apache->end();
    },

    'twenty graceful restarts under load lose no request' => function (Scratch $scratch) {
        $apache = Apache::with($scratch, ['w' => ['num' => 1, 'code' => 'BgWorkers\set_vars(["v" => "here"]); live(); file_put_contents(__DIR__ . "/stopped", "x", FILE_APPEND);']],
            lines: ['ThreadsPerChild 8', 'MaxRequestWorkers 64', 'ServerLimit 8']);
        $scratch->file('index.php', NOTE_REQUEST . 'echo BgWorkers\get_vars("w")["v"];');
        $count = fn (string $what) => count(scandir("/proc/{$apache->process->pid}/$what")) - 2;
        expect_same('here', $apache->get('/index.php'), 'first answer');
        $descriptors = $count('fd');
        $restarts = 0;
        $next = 0;
        expect_none_lost($scratch, $apache, '/index.php', 'here', 4000, function () use ($apache, $scratch, &$restarts, &$next) {
            $done = substr_count($scratch->read('error.log'), 'AH00489');
            if ($restarts < 20 && $done > $restarts && microtime(true) > $next) {
                $apache->process->signal(SIGUSR1);
                $next = microtime(true) + 0.1;
                ++$restarts;
            }
        });
        while ($restarts < 20) {
            await('restart', fn () => substr_count($scratch->read('error.log'), 'AH00489') > $restarts);
            expect_same('here', $apache->get('/index.php'), 'answer between restarts');
            $apache->process->signal(SIGUSR1);
            ++$restarts;
        }
        await('last restart', fn () => substr_count($scratch->read('error.log'), 'AH00489') > 20);
        expect_same('here', $apache->get('/index.php'), 'answer after all restarts');
        expect_same($descriptors, $count('fd'), 'descriptors of the parent');
        expect_same(1, $count('task'), 'threads of the parent');
        expect(strlen($scratch->read('stopped')) > 5, 'workers that ended in order at restarts, got ' . $scratch->read('stopped'));
        $apache->end();
    },

    'hard restarts and a stop that lets requests finish end every worker in order' => function (Scratch $scratch) {
        $apache = Apache::with($scratch, ['w' => 'BgWorkers\set_vars(["v" => "here"]); live(); file_put_contents(__DIR__ . "/stopped", "x", FILE_APPEND);']);
        $scratch->file('index.php', '<?php usleep(300000); echo BgWorkers\get_vars("w")["v"];');
        for ($i = 0; $i < 5; ++$i) {
            expect_same('here', $apache->get('/index.php'), 'answer');
            $apache->signal_hard(SIGHUP);
            await('restart', fn () => substr_count($scratch->read('error.log'), 'AH00489') > $i + 1);
        }
        expect_same('here', $apache->get('/index.php'), 'answer');
        $stopping = false;
        $answers = http_get_all($apache->address, array_fill(0, 8, '/index.php'), 8, during: function () use ($apache, &$stopping) {
            if (!$stopping) {
                usleep(100000);
                $apache->process->signal(SIGWINCH);
                $stopping = true;
            }
        });
        expect_same(array_fill(0, 8, 'here'), array_map(fn ($answer) => $answer?->body, $answers), 'answers while it stops');
        expect_same(0, $apache->process->wait(30), 'exit code');
        expect_same(6, strlen($scratch->read('stopped')), 'workers that ended in order');
        $apache->end();
    },

    'children recycled by MaxConnectionsPerChild lose no request' => function (Scratch $scratch) {
        $apache = Apache::with($scratch, ['w' => ['num' => 1, 'code' => 'file_put_contents(__DIR__ . "/started", "x", FILE_APPEND); do { BgWorkers\set_vars(["v" => "here", "n" => random_int(0, 99999)]); } while (!BgWorkers\should_stop(0.001));']],
            lines: ['MaxConnectionsPerChild 50', 'ThreadsPerChild 4', 'MaxRequestWorkers 16']);
        $scratch->file('index.php', NOTE_REQUEST . 'echo BgWorkers\get_vars("w")["v"];');
        expect_none_lost($scratch, $apache, '/index.php', 'here', 2000);
        expect(strlen($scratch->read('started')) >= 10, 'children with workers of their own, got ' . strlen($scratch->read('started')));
        $apache->end();
    },

    'requests on 64 threads at once share one worker, and a thousand go by' => function (Scratch $scratch) {
        $apache = Apache::with($scratch, ['w' => 'do { BgWorkers\set_vars(["v" => str_repeat("here", 1000), "n" => random_int(0, 99999)]); } while (!BgWorkers\should_stop(0.0005));'],
            lines: ['ThreadLimit 64', 'ThreadsPerChild 64', 'ServerLimit 1', 'MaxRequestWorkers 64']);
        $scratch->file('index.php', '<?php $end = microtime(true) + 0.2; do { $v = BgWorkers\get_vars("w")["v"]; usleep(1000); } while (microtime(true) < $end); echo md5($v);');
        $answers = http_get_all($apache->address, array_fill(0, 1000, '/index.php'), 64, seconds: 90);
        expect_same([md5(str_repeat('here', 1000)) => 1000], array_count_values(array_map(fn ($answer) => $answer?->body ?? 'none', $answers)), 'answers');
        $apache->end();
    },

    'a child killed with -9 is replaced by one with a worker of its own' => function (Scratch $scratch) {
        $apache = Apache::with($scratch, ['w' => 'BgWorkers\set_vars([getmypid()]); live();'], lines: ['ServerLimit 1', 'MaxRequestWorkers 16']);
        $scratch->file('index.php', '<?php echo getmypid() === BgWorkers\get_vars("w")[0] ? getmypid() : "stranger";');
        $before = $apache->get('/index.php');
        posix_kill((int) $before, SIGKILL);
        $after = await('new child', function () use ($apache, $before) {
            $answer = http_get_all($apache->address, ['/index.php'])[0]?->body;
            return $answer !== null && $answer !== $before ? $answer : false;
        });
        expect(is_numeric($after), "a worker of its own, got $after");
        $apache->end('AH00052: child pid \d+ exit signal Killed');
    },

    'opcache_reset() in every request, one request thread a child: neither workers nor values suffer' => function (Scratch $scratch) {
        foreach (['disable', 'tracing'] as $jit) {
            $sub = new Scratch();
            try {
                $apache = Apache::with($sub, ['w' => 'do { BgWorkers\set_vars(["literal" => ["a" => "interned", "b" => [1, 2, "three"]], "n" => random_int(0, 9)]); } while (!BgWorkers\should_stop(0.0005));'],
                    ['zend_extension' => 'opcache', 'extension_dir' => getenv('MOD_PHP_EXTENSIONS') ?: dirname((string) getenv('MOD_PHP')) . '/php/extensions/no-debug-zts-20240924', 'opcache.enable' => '1', 'opcache.jit' => $jit, 'opcache.jit_buffer_size' => '16M'],
                    ['ThreadsPerChild 1', 'ServerLimit 4', 'StartServers 4', 'MaxRequestWorkers 4']);
                $sub->file('index.php', NOTE_REQUEST . '$v = BgWorkers\get_vars("w"); opcache_reset(); for ($i = 0; $i < 300; ++$i) { strlen("x$i"); } echo json_encode(BgWorkers\get_vars("w")["literal"]);');
                expect_none_lost($sub, $apache, '/index.php', '{"a":"interned","b":[1,2,"three"]}', getenv('BGWORKERS_ALL_TESTS') ? 5000 : 500);
                $apache->end();
            } finally {
                $sub->clean();
            }
        }
    },

    'it starts and stops, with requests and without, as without the extension' => function (Scratch $scratch) {
        foreach (['', null] as $extension) {
            foreach ([false, true] as $with_request) {
                $sub = new Scratch();
                try {
                    $apache = new Apache($sub, [], ['bgworkers.config' => $sub->workers(['w' => ['num' => 1, 'code' => 'BgWorkers\set_vars([]); live();']])], $extension);
                    $sub->file('index.php', '<?php echo "ok";');
                    if ($with_request) {
                        expect_same('ok', $apache->get('/index.php'), 'answer');
                    }
                    $apache->end();
                } finally {
                    $sub->clean();
                }
            }
        }
    },
];
