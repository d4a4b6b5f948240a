<?php
// What php-fpm has beside the common suite: pools, children, signals; over FastCGI.

$config = fn (Scratch $scratch, array $workers, string $file = 'workers.ini') =>
    'php_admin_value[bgworkers.config] = ' . $scratch->workers($workers, $file);
$print_vars = '<?php echo json_encode(BgWorkers\get_vars("w"));';
/** [exit status, what it printed] of bin/bgworkers. */
$command = function (Scratch $scratch, string ...$arguments): array {
    static $calls = 0;
    $process = $scratch->start([getenv('PHP'), '-n', dirname(__DIR__, 3) . '/bin/bgworkers', ...$arguments], $log = 'command-' . ++$calls . '.out');
    return [$process->wait(), file_get_contents("$scratch->dir/$log")];
};

return [
    'requests see what a worker publishes, and each change' => function (Scratch $scratch) use ($config, $print_vars) {
        $scratch->file('value', 'one');
        $fpm = new Fpm($scratch, [$config($scratch, ['w' =>
            'do { BgWorkers\set_vars([file_get_contents(__DIR__ . "/value")]); } while (!BgWorkers\should_stop(0.01));'])]);
        $scratch->file('index.php', $print_vars);
        expect_same('["one"]', $fpm->get('index.php'), 'first answer');
        $scratch->file('value.new', 'two');
        rename($scratch->file('value.new'), $scratch->file('value'));
        await('change in both children', fn () => count(array_unique(array_map(fn () => $fpm->get('index.php'), range(1, 10)))) === 1
            && $fpm->get('index.php') === '["two"]');
        expect_same(0, $fpm->quit(), 'exit of php-fpm');
        expect_same(['exited with code 0' => 2], $fpm->ends(), 'ends of children');
    },

    'each of many requests at once gets its own answer, while children are recycled' => function (Scratch $scratch) use ($config) {
        $fpm = new Fpm($scratch, ['pm.max_children = 4', 'pm.max_requests = 40', $config($scratch, ['w' =>
            'do { echo "FOREIGN"; header("X-Foreign: FOREIGN"); BgWorkers\set_vars(array_fill(0, 100, "v")); } while (!BgWorkers\should_stop(0.001));'])]);
        $scratch->file('index.php', '<?php $v = implode(BgWorkers\get_vars("w")); echo $_SERVER["QUERY_STRING"], $v, $_GET["n"];');
        for ($turn = 0; $turn < 10; ++$turn) {
            $asked = [];
            for ($i = 0; $i < 50; ++$i) {
                $asked["n=$turn.$i"] = $fpm->ask('index.php', "n=$turn.$i");
            }
            foreach ($asked as $query => $connection) {
                expect_same($query . str_repeat('v', 100) . substr($query, 2), fastcgi_answer($connection), "answer to $query");
            }
        }
        expect_same(0, $fpm->quit(), 'exit of php-fpm');
        expect(array_keys($fpm->ends()) === ['exited with code 0'] && $fpm->ends()['exited with code 0'] > 4, 'recycled children, all with code 0: ' . json_encode($fpm->ends()));
    },

    'a command sees the cli, other workers and requests the host' => function (Scratch $scratch) use ($config) {
        $code = 'require __DIR__ . "/sapi.php"; BgWorkers\set_vars(sapi()); live();';
        $scratch->file('sapi.php', '<?php function sapi() { return [PHP_SAPI, constant("PHP_SAPI"), php_sapi_name(), PHP_BINARY]; }');
        $fpm = new Fpm($scratch, [$config($scratch, ['command' => ['code' => $code, 'command' => 1], 'plain' => $code])],
            options: ['-d', 'zend_extension=opcache']);
        $scratch->file('index.php', '<?php require __DIR__ . "/sapi.php"; echo json_encode([sapi(), ...array_values(BgWorkers\get_vars(["command", "plain"])), PHP_BINDIR]);');
        for ($turn = 0; $turn < 5; ++$turn) {
            [$request, $command, $plain, $directory] = json_decode($fpm->get('index.php'), true);
            expect_same(['fpm-fcgi', 'fpm-fcgi', 'fpm-fcgi'], array_slice($request, 0, 3), 'request');
            expect_same($request, $plain, 'worker');
            expect_same(['cli', 'cli', 'cli', is_file("$directory/php") ? "$directory/php" : ''], $command, 'command');
        }
        expect_same(0, $fpm->quit(), 'exit of php-fpm');
    },

    'each child runs a job of its own by the clock from its first request on, and says so once' => function (Scratch $scratch) use ($config) {
        $fpm = new Fpm($scratch, [$config($scratch, ['w' => ['every' => 0.5, 'code' =>
            'file_put_contents(__DIR__ . "/runs", getmypid() . " " . microtime(true) . "\n", FILE_APPEND);']])]);
        $scratch->file('index.php', '<?php echo getmypid();');
        usleep(1_100_000);
        expect(!file_exists("$scratch->dir/runs"), 'no run before the first request');
        await('requests in both children', function () use ($fpm, &$children) {
            $children[$fpm->get('index.php')] = true;
            return count($children) === 2;
        });
        $runs = function () use ($scratch) {
            $runs = [];
            foreach (file("$scratch->dir/runs", FILE_IGNORE_NEW_LINES) as $line) {
                [$pid, $time] = explode(' ', $line);
                $runs[$pid][] = (int) floor($time * 2);
            }
            return $runs;
        };
        await('three runs in each child', fn () => is_file("$scratch->dir/runs") && count(array_filter($runs(), fn ($turns) => count($turns) >= 3)) === 2);
        expect(array_diff(array_keys($runs()), array_keys($children)) === [], 'runs in those children alone');
        foreach ($runs() as $turns) {
            expect_same(array_values(array_unique($turns)), $turns, 'one run a turn');
        }
        expect_same(0, $fpm->quit(), 'exit of php-fpm');
        expect_same(['exited with code 0' => 2], $fpm->ends(), 'ends of children');
        expect_same(2, substr_count($scratch->read('php.log'), 'level=notice worker=w event=job_in_each_process'), 'lines about that');
        expect_same(0, substr_count($scratch->read('php.log'), 'event=started'), 'lines about runs');
    },

    'clear_env holds for workers as for requests' => function (Scratch $scratch) use ($config) {
        foreach (['yes' => [false, false, '"pool"'], 'no' => ['set', 'set', '"pool"']] as $clear => $expected) {
            $sub = new Scratch();
            try {
                $fpm = new Fpm($sub, [$config($sub, ['w' => 'BgWorkers\set_vars([getenv("EXTENSION") ? "set" : false, isset(getenv()["EXTENSION"]) ? "set" : false, json_encode(getenv("POOL"))]); live();']),
                    "clear_env = $clear", 'env[POOL] = pool']);
                $sub->file('index.php', '<?php echo json_encode([BgWorkers\get_vars("w"), getenv("EXTENSION") ? "set" : false]);');
                expect_same(json_encode([$expected, $expected[0]]), $fpm->get('index.php'), "environment of worker and request with clear_env = $clear");
                expect_same(0, $fpm->quit(), 'exit of php-fpm');
            } finally {
                $sub->clean();
            }
        }
    },

    'the settings of the pool reach its workers' => function (Scratch $scratch) use ($config, $print_vars) {
        $fpm = new Fpm($scratch, [$config($scratch, ['w' =>
            'BgWorkers\set_vars([ini_get("memory_limit"), ini_get("bgworkers.max_snapshot_size"), ini_get("precision"), ini_get("max_execution_time"), getenv("POOL")]); live();']),
            'php_admin_value[memory_limit] = 77M', 'php_value[precision] = 5', 'php_admin_value[bgworkers.max_snapshot_size] = 3M', 'env[POOL] = here']);
        $scratch->file('index.php', $print_vars);
        expect_same('["77M","3M","5","0","here"]', $fpm->get('index.php'), 'settings');
        expect_same(0, $fpm->quit(), 'exit of php-fpm');
    },

    'a request\'s own settings do not reach the workers' => function (Scratch $scratch) use ($config) {
        $fpm = new Fpm($scratch, [$config($scratch, ['w' => 'BgWorkers\set_vars([ini_get("precision"), ini_get("memory_limit")]); live();'])]);
        $scratch->file('index.php', '<?php ini_set("memory_limit", "55M"); ini_set("precision", 7); echo json_encode([BgWorkers\get_vars("w"), ini_get("precision")]);');
        expect_same('[["14","128M"],"7"]', $fpm->get('index.php'), 'settings of worker and request');
        expect_same(0, $fpm->quit(), 'exit of php-fpm');
    },

    'functions that the pool disables are not there in its workers, and its children end in order' => function (Scratch $scratch) use ($config, $print_vars) {
        $fpm = new Fpm($scratch, [$config($scratch, ['w' => <<<'PHP'
            try { $said = strrev('abc'); } catch (Error $error) { $said = $error->getMessage(); }
            BgWorkers\set_vars([function_exists('strrev'), $said, function_exists('strlen')]);
            live();
            PHP]), 'php_admin_value[disable_functions] = strrev,str_rot13']);
        $scratch->file('index.php', $print_vars);
        expect_same('[false,"Call to undefined function strrev()",true]', $fpm->get('index.php'), 'the worker\'s functions');
        expect_same(0, $fpm->quit(), 'exit of php-fpm');
        // Debug engines abort here without bgworkers: PHP frees such functions twice.
        expect_same(['exited with code 0' => 2], $fpm->ends(), 'ends of children');
    },

    'functions that a later request disables are gone for new workers, and harm none that runs' => function (Scratch $scratch) use ($config) {
        $call = 'try { $said = strrev("abc"); } catch (Error $error) { $said = $error->getMessage(); } BgWorkers\set_vars([function_exists("strrev"), $said]);';
        $fpm = new Fpm($scratch, ['pm.max_children = 1', $config($scratch, ['early' => "$call live();", 'late' => "$call live();",
            'calls' => 'do { BgWorkers\set_vars([strrev(str_rot13((string) random_int(0, 9)))]); } while (!BgWorkers\should_stop(0.0001));',
            'again' => 'touch(__DIR__ . "/runs-" . hrtime(true)); ' . $call . ' await_end(); function await_end() { while (!file_exists(__DIR__ . "/end")) { BgWorkers\should_stop(0.01) && exit; clearstatcache(); } }'])]);
        $scratch->file('index.php', '<?php echo json_encode([function_exists("strrev"), BgWorkers\get_vars($_GET["name"])]);');
        $ask = fn (string $name, array $more = []) => fastcgi_answer(fastcgi_ask("$scratch->dir/www.sock", "$scratch->dir/index.php", "name=$name", $more));
        expect_same('[true,[true,"cba"]]', $ask('early'), 'before anything is disabled');
        expect_same('[true,[true,"cba"]]', $ask('again'), 'before anything is disabled');
        $ask('calls');
        expect_same('[false,[false,"Call to undefined function strrev()"]]', $ask('late', ['PHP_ADMIN_VALUE' => "disable_functions=strrev,str_rot13"]), 'the request that disables it, and a new worker');
        for ($i = 0; $i < 50; ++$i) {
            $answer = $ask('calls');
            expect(preg_match('/^\[false,\["\d"]]$/', $answer) === 1, "a worker that runs goes on, got $answer");
        }
        touch("$scratch->dir/end");
        await('a new run without the function', fn () => $ask('again') === '[false,[false,"Call to undefined function strrev()"]]');
        expect_same('[false,[true,"cba"]]', $ask('early'), 'what was published before');
        expect_same(0, $fpm->quit(), 'exit of php-fpm');
        expect_same(['exited with code 0' => 1], $fpm->ends(), 'end of the child');
    },

    'a preload script cannot start workers, and the pool\'s settings reach them' => function (Scratch $scratch) use ($config, $print_vars) {
        $users = posix_getuid() !== 0 ? [''] : (fileperms(sys_get_temp_dir()) & 1 ? ['root', 'nobody'] : ['root']);
        foreach ($users as $user) {
            $sub = new Scratch();
            try {
                chmod($sub->dir, 0777);
                $preload = $sub->file('preload.php', <<<'PHP'
                    <?php
                    function preloaded() { return 1; }
                    foreach ([fn () => BgWorkers\get_vars('w', 1), fn () => BgWorkers\status(), fn () => BgWorkers\metrics(), fn () => BgWorkers\set_vars([])] as $call) {
                        try { $call(); $said = 'nothing'; } catch (RuntimeException $e) { $said = strstr($e->getMessage(), 'cannot be used while PHP starts') ? 'refused' : $e->getMessage(); }
                        file_put_contents(__DIR__ . '/said', "$said\n", FILE_APPEND);
                    }
                    PHP);
                $fpm = new Fpm($sub, [$config($sub, ['w' => 'BgWorkers\set_vars([ini_get("memory_limit"), function_exists("strrev"), preloaded()]); live();']),
                    'php_admin_value[memory_limit] = 77M', 'php_admin_value[disable_functions] = strrev'],
                    options: ['-d', 'zend_extension=opcache', '-d', "opcache.preload=$preload", '-d', "opcache.preload_user=$user",
                        '-d', 'bgworkers.config=' . $sub->file('workers.ini')]);
                expect_same(str_repeat("refused\n", 4), $sub->read('said'), 'what the preload script was told');
                $sub->file('index.php', $print_vars);
                expect_same('["77M",false,1]', $fpm->get('index.php'), "the worker's settings, preloaded as \"$user\"");
                expect_same(0, $fpm->quit(), 'exit of php-fpm');
                expect_same(['exited with code 0' => 2], $fpm->ends(), 'ends of children');
            } finally {
                $sub->clean();
            }
        }
    },

    'under chroot and another user paths are those of the jail, and workers are that user' => function (Scratch $scratch) use ($config) {
        if (posix_getuid() !== 0) {
            throw new Skipped('only root may change the root directory');
        }
        mkdir("$scratch->dir/jail");
        mkdir("$scratch->dir/jail/logs");
        chmod("$scratch->dir/jail/logs", 0777);
        chmod($scratch->dir, 0755);
        $config($scratch, ['w' => 'BgWorkers\set_vars(["uid" => posix_getuid(), "gid" => posix_getgid(), "file" => __FILE__, "cwd" => getcwd(), "seen" => scandir("/")]); live();'], 'jail/workers.ini');
        $scratch->file('jail/index.php', '<?php echo json_encode(BgWorkers\get_vars("w"));');
        $fpm = new Fpm($scratch, ['user = nobody', 'group = nogroup', "chroot = $scratch->dir/jail", 'chdir = /',
            'php_admin_value[bgworkers.config] = /workers.ini', 'php_admin_value[error_log] = /logs/php.log']);
        $answer = fastcgi_get("$scratch->dir/www.sock", '/index.php');
        $answer = json_decode($answer, true) ?? $answer;
        $nobody = posix_getpwnam('nobody');
        expect_same(['uid' => $nobody['uid'], 'gid' => $nobody['gid'], 'file' => '/workers-w.php', 'cwd' => '/', 'seen' => ['.', '..', 'index.php', 'logs', 'workers-w.php', 'workers.ini']],
            $answer, 'what the worker sees');
        expect_same(0, $fpm->quit(), 'exit of php-fpm');
        expect_same(['exited with code 0' => 2], $fpm->ends(), 'ends of children');
        expect(str_contains($scratch->read('jail/logs/php.log'), 'event=exited status=0'), 'the worker\'s end in the log of the jail');
    },

    // One child alone: PHP 8.2's fpm_get_status() crashes who calls it while another child starts.
    'a worker may ask for fpm_get_status()' => function (Scratch $scratch) use ($config, $print_vars) {
        $fpm = new Fpm($scratch, ['pm.max_children = 1', $config($scratch, ['w' =>
            '$status = fpm_get_status(); BgWorkers\set_vars([$status["pool"], count($status["procs"]), $status["procs"][0]["pid"] === getmypid()]); live();'])]);
        $scratch->file('index.php', $print_vars);
        expect_same('["www",1,true]', $fpm->get('index.php'), 'what the worker was told');
        expect_same(0, $fpm->quit(), 'exit of php-fpm');
        expect_same(['exited with code 0' => 1], $fpm->ends(), 'end of the child');
    },

    'two pools are two scopes' => function (Scratch $scratch) use ($config, $print_vars) {
        $fpm = new Fpm($scratch, [$config($scratch, ['w' => 'BgWorkers\set_vars(["www"]); live();'])], more_pools: ['admin' => [
            $config($scratch, ['w' => 'BgWorkers\set_vars(["admin"]); live();'], 'admin.ini')]]);
        $scratch->file('index.php', $print_vars);
        expect_same(['["www"]', '["admin"]'], [$fpm->get('index.php'), $fpm->get('index.php', 'admin')], 'answers');
        expect_same(0, $fpm->quit(), 'exit of php-fpm');
    },

    // A child that has found its scope once looks it up again only where a setting has changed that names it.
    'a request of another scope is in that one, and the next is back' => function (Scratch $scratch) use ($config, $print_vars) {
        $config($scratch, ['w' => 'BgWorkers\set_vars(["other"]); live();'], 'other.ini');
        $fpm = new Fpm($scratch, ['pm.max_children = 1', $config($scratch, ['w' => 'BgWorkers\set_vars(["www"]); live();'])]);
        $scratch->file('index.php', $print_vars);
        $scratch->file('nothing.php', '<?php echo "nothing";');
        $ask = fn (string $script, array $more = []) => fastcgi_answer(fastcgi_ask("$scratch->dir/www.sock", "$scratch->dir/$script", '', $more));
        $in = fn (string $file) => ['PHP_ADMIN_VALUE' => "bgworkers.config=$scratch->dir/$file"];
        expect_same('["www"]', $ask('index.php'), 'the pool\'s');
        expect_same('nothing', $ask('nothing.php'), 'a request that reads nothing');
        expect_same('["www"]', $ask('index.php'), 'the same again');
        expect_same('["other"]', $ask('index.php', $in('other.ini')), 'that of the request');
        expect_same('["www"]', $ask('index.php', $in('workers.ini')), 'the pool\'s, named by the request');
        expect_same('nothing', $ask('nothing.php', $in('other.ini')), 'a request that only changes the scope');
        expect_same('["www"]', $ask('index.php', $in('workers.ini')), 'the pool\'s after that');
        expect_same(0, $fpm->quit(), 'exit of php-fpm');
    },

    'a worker with num = 1 starts with the first request, none before' => function (Scratch $scratch) use ($config) {
        $fpm = new Fpm($scratch, [$config($scratch, ['w' => ['num' => 1, 'code' => 'file_put_contents(__DIR__ . "/started", "x", FILE_APPEND); BgWorkers\set_vars([]); live();']])]);
        usleep(200000);
        expect(!file_exists($scratch->file('started')), 'no worker before the first request');
        $scratch->file('plain.php', '<?php echo "ok";');
        expect_same('ok', $fpm->get('plain.php'), 'answer');
        await('worker', fn () => $scratch->read('started') === 'x');
        expect_same(0, $fpm->quit(), 'exit of php-fpm');
    },

    'children recycled by pm.max_requests end with code 0, and no request fails' => function (Scratch $scratch) use ($config) {
        $fpm = new Fpm($scratch, ['pm.max_requests = 20', $config($scratch, ['w' => ['num' => 1, 'code' =>
            'do { BgWorkers\set_vars([random_int(0, 1000000)]); } while (!BgWorkers\should_stop(0.001));']])]);
        $scratch->file('index.php', '<?php echo count(BgWorkers\get_vars("w"));');
        for ($i = 0; $i < 300; ++$i) {
            expect_same('1', $fpm->get('index.php'), "answer $i");
        }
        expect_same(0, $fpm->quit(), 'exit of php-fpm');
        expect(array_keys($fpm->ends()) === ['exited with code 0'] && $fpm->ends()['exited with code 0'] >= 14, 'more than 14 children, all with code 0: ' . json_encode($fpm->ends()));
    },

    'at SIGQUIT workers get EOF and are joined' => function (Scratch $scratch) use ($config, $print_vars) {
        $fpm = new Fpm($scratch, [$config($scratch, ['w' => 'BgWorkers\set_vars([]); live(); file_put_contents(__DIR__ . "/stopped", "x", FILE_APPEND);'])]);
        $scratch->file('index.php', $print_vars);
        $fpm->get('index.php');
        expect_same(0, $fpm->quit(), 'exit of php-fpm');
        expect_same('x', $scratch->read('stopped'), 'what the worker did after EOF');
        expect_same(['exited with code 0' => 2], $fpm->ends(), 'ends of children');
    },

    'at SIGQUIT a slow request still reads its worker, and one that waits for a worker ends with its timeout' => function (Scratch $scratch) use ($config) {
        $fpm = new Fpm($scratch, [$config($scratch, ['w' => 'BgWorkers\set_vars(["value"]); live();', 'never' => 'live();'])]);
        $scratch->file('slow.php', '<?php touch(__DIR__ . "/slow"); usleep(700000); echo BgWorkers\get_vars("w")[0], " ", BgWorkers\get_vars("w")[0];');
        $scratch->file('waits.php', '<?php touch(__DIR__ . "/waits"); try { BgWorkers\get_vars("never", 0.7); } catch (BgWorkers\TimeoutException) { echo "timeout"; }');
        $slow = $fpm->ask('slow.php');
        $waits = $fpm->ask('waits.php');
        await('both requests', fn () => file_exists($scratch->file('slow')) && file_exists($scratch->file('waits')));
        $fpm->process->signal(SIGQUIT);
        expect_same('value value', fastcgi_answer($slow), 'answer to the slow request');
        expect_same('timeout', fastcgi_answer($waits), 'answer to the request that waits');
        expect_same(0, $fpm->process->wait(), 'exit of php-fpm');
        expect_same(['exited with code 0' => 2], $fpm->ends(), 'ends of children');
    },

    'SIGQUIT with the default process_control_timeout ends at once' => function (Scratch $scratch) use ($config, $print_vars) {
        $fpm = new Fpm($scratch, [$config($scratch, ['w' => 'BgWorkers\set_vars([]); sleep(60);'])], global: []);
        $scratch->file('index.php', $print_vars);
        $fpm->get('index.php');
        expect_same(0, $fpm->quit(), 'exit of php-fpm');
        expect(!str_contains(json_encode($fpm->ends()), 'signal 11'), 'no crash: ' . json_encode($fpm->ends()));
    },

    'a reload by SIGUSR2 goes on with new workers' => function (Scratch $scratch) use ($config) {
        $fpm = new Fpm($scratch, [$config($scratch, ['w' => 'BgWorkers\set_vars([getmypid()]); live();'])]);
        $scratch->file('index.php', '<?php echo getmypid() === BgWorkers\get_vars("w")[0] ? getmypid() : "stranger";');
        $fpm->get('index.php');
        for ($i = 0; $i < 5; ++$i) {
            $old = $fpm->reload();
            await('new child', function () use ($fpm, $old) {
                try {
                    $now = @$fpm->get('index.php');
                } catch (Throwable) {
                    return false;
                }
                return is_numeric($now) && !in_array((int) $now, $old, true);
            });
        }
        expect_same(0, $fpm->quit(), 'exit of php-fpm');
        expect(!str_contains(json_encode($fpm->ends()), 'signal'), 'no child ended by a signal: ' . json_encode($fpm->ends()));
    },

    'a child killed with -9 is replaced by one with a worker of its own' => function (Scratch $scratch) use ($config) {
        $fpm = new Fpm($scratch, ['pm.max_children = 1', $config($scratch, ['w' => 'BgWorkers\set_vars([getmypid()]); live();'])]);
        $scratch->file('index.php', '<?php echo getmypid(), " ", BgWorkers\get_vars("w")[0];');
        [$pid, $same] = explode(' ', $fpm->get('index.php'));
        expect_same($pid, $same, 'process of the worker');
        $fpm->kill((int) $pid);
        [$new, $same] = explode(' ', $fpm->get('index.php'));
        expect($new !== $pid && $new === $same, 'a new child with its own worker');
        expect_same(0, $fpm->quit(), 'exit of php-fpm');
    },

    'a worker that dies leaves its last snapshot, and comes back' => function (Scratch $scratch) use ($config) {
        $fpm = new Fpm($scratch, ['pm.max_children = 1', $config($scratch, ['w' => ['max_consecutive_failures' => -1, 'code' => <<<'PHP'
            $runs = (int) @file_get_contents(__DIR__ . '/runs') + 1;
            file_put_contents(__DIR__ . '/runs', $runs);
            BgWorkers\set_vars(['run' => $runs]);
            match ($runs) {
                1 => no_such_function(),
                2 => ini_set('memory_limit', '4M') . str_repeat('x', 1 << 26),
                3 => exit(9),
                4 => throw new Exception('four'),
                default => live(),
            };
            PHP]])]);
        $scratch->file('index.php', '<?php echo BgWorkers\get_vars("w")["run"];');
        $seen = [];
        await('fifth run', function () use ($fpm, &$seen) {
            $seen[] = (int) $fpm->get('index.php');
            return end($seen) === 5;
        });
        $sorted = $seen;
        sort($sorted);
        expect_same($sorted, $seen, 'runs seen in order');
        expect_same(0, $fpm->quit(), 'exit of php-fpm');
        expect_same(['exited with code 0' => 1], $fpm->ends(), 'ends of children');
    },

    'workers that ignore EOF are killed, and the child ends with code 0' => function (Scratch $scratch) use ($config) {
        foreach (['busy' => 'while (true) { }', 'asleep' => 'while (true) { sleep(60); }', 'in C' => 'while (true) { preg_match("/(?:\D+|<\d+>)*[!?]/", str_repeat("foobar", 9)); }'] as $name => $code) {
            $sub = new Scratch();
            try {
                $fpm = new Fpm($sub, ['pm.max_children = 1', 'php_admin_value[bgworkers.shutdown_grace] = 0.3', $config($sub, ['w' => "BgWorkers\\set_vars([]); $code"])]);
                $sub->file('index.php', '<?php BgWorkers\get_vars("w"); echo "ok";');
                expect_same('ok', $fpm->get('index.php'), 'answer');
                $start = microtime(true);
                expect_same(0, $fpm->quit(), 'exit of php-fpm');
                expect_same(['exited with code 0' => 1], $fpm->ends(), "end of the child with a worker $name");
                expect(microtime(true) - $start < 5, "an end in time with a worker $name");
            } finally {
                $sub->clean();
            }
        }
    },

    'with Xdebug\'s step debugger requests and workers go on' => function (Scratch $scratch) use ($config) {
        $module = getenv('XDEBUG') ?: throw new Skipped('no Xdebug here (XDEBUG names it; ./dev test --all builds it)');
        $fpm = new Fpm($scratch, [$config($scratch, ['w' => 'echo "printed by the worker\n"; do { BgWorkers\set_vars(["value"]); } while (!BgWorkers\should_stop(0.01));'])],
            options: ['-d', "zend_extension=$module", '-d', 'xdebug.mode=debug', '-d', 'xdebug.start_with_request=yes', '-d', 'xdebug.log_level=0', '-d', 'xdebug.client_port=1']);
        $scratch->file('index.php', '<?php header("A: b"); echo "before "; echo BgWorkers\get_vars("w")[0]; flush(); echo " after";');
        for ($i = 0; $i < 20; ++$i) {
            expect_same('before value after', $fpm->get('index.php'), "answer $i");
        }
        expect_same(0, $fpm->quit(), 'exit of php-fpm');
        expect_same(['exited with code 0' => 2], $fpm->ends(), 'ends of children');
        expect(substr_count($scratch->read('php.log'), 'bgworkers: [w] printed by the worker') >= 1, 'the worker\'s line in the log');
    },

    'a mistake in the workers file is told with file and line' => function (Scratch $scratch) {
        $fpm = new Fpm($scratch, ['php_admin_value[bgworkers.config] = ' . $scratch->file('bad.ini', "[w]\nscript = /no/such.php\n")]);
        $scratch->file('index.php', '<?php try { BgWorkers\get_vars("w"); } catch (RuntimeException $e) { echo $e->getMessage(); }');
        expect_same($scratch->dir . '/bad.ini:2: script "/no/such.php" does not exist', $fpm->get('index.php'), 'answer');
        expect(str_contains($scratch->read('php.log'), 'event=config_error'), 'the error in the log');
        expect_same(0, $fpm->quit(), 'exit of php-fpm');
    },

    'loading it in a pool is refused with a clear message' => function (Scratch $scratch) {
        $conf = implode("\n", ['[global]', "error_log = $scratch->dir/fpm.log", '[www]', "listen = $scratch->dir/www.sock", 'pm = static', 'pm.max_children = 1',
            ...(posix_getuid() === 0 ? ['user = root', 'group = root'] : []), "php_admin_value[error_log] = $scratch->dir/php.log", 'catch_workers_output = yes',
            'php_admin_value[extension] = ' . getenv('EXTENSION')]) . "\n";
        $fpm = $scratch->start([getenv('PHP_FPM'), '-n', '-R', '-F', '-y', $scratch->file('fpm.conf', $conf)], 'fpm.out');
        await('message in the log', fn () => str_contains($scratch->read('fpm.log'), 'bgworkers has to be loaded when PHP starts: put extension=bgworkers into php.ini'));
        expect(!str_contains($scratch->read('fpm.log'), 'exited on signal'), 'no crash');
        $fpm->signal(SIGQUIT);
        $fpm->wait();
    },

    'the command shows all children and restarts a worker in each of them' => function (Scratch $scratch) use ($config, $command) {
        $fpm = new Fpm($scratch, [$config($scratch, ['w' => 'BgWorkers\set_vars([getmypid()]); live();', 'idle' => 'live();',
            'down' => ['code' => 'throw new Exception("the bank does not answer");', 'max_consecutive_failures' => 1]])]);
        $scratch->file('index.php', '<?php BgWorkers\get_vars("w"); echo getmypid();');
        await('the worker in both children', function () use ($fpm, &$children) {
            $children[(int) $fpm->get('index.php')] = true;
            return count($children) === 2;
        });
        ksort($children);
        $children = array_keys($children);
        $socket = "--fpm=$scratch->dir/www.sock";

        [$status, $text] = $command($scratch, 'status', $socket);
        expect_same(0, $status, "exit status of: $text");
        $rows = array_map(fn ($line) => preg_split('/\s{2,}/', trim($line)), explode("\n", trim($text)));
        expect_same(['PID', 'WORKER', 'STATE', 'RUNS', 'CRASHES', 'PUBLISHED', 'SIZE', 'QUEUED', 'LAST ERROR'], $rows[0], 'header');
        foreach ($children as $i => $child) {
            expect_same([(string) $child, 'down', 'idle', '0', '0'], array_slice($rows[3 * $i + 1], 0, 5), 'one that was not asked for');
            expect_same([(string) $child, 'w', 'running', '1', '0'], array_slice($rows[3 * $i + 3], 0, 5), 'one that runs');
        }
        [, $json] = $command($scratch, 'status', '--json', $socket);
        expect_same($children, array_column(json_decode($json, true), 'pid'), 'children in JSON');
        [$status, $text] = $command($scratch, 'top', '--count=2', '--every=0', $socket);
        expect($status === 0 && substr_count($text, 'LAST ERROR') === 2, "two screens: $text");

        [$status, $text] = $command($scratch, 'restart', 'w', $socket);
        expect_same([0, "pid $children[0]: begins anew\npid $children[1]: begins anew\n"], [$status, $text], 'restart');
        await('second runs', fn () => substr_count($scratch->read('php.log'), 'worker=w event=started run=2') === 2);
        expect_same(2, substr_count($scratch->read('php.log'), 'worker=w event=restart'), 'one restart a child');
        [$status, $text] = $command($scratch, 'restart', 'idle', $socket);
        expect_same([1, "pid $children[0]: was not started there\npid $children[1]: was not started there\n"], [$status, $text], 'what does not run');
        [$status, $text] = $command($scratch, 'restart', 'nobody', $socket);
        expect($status === 1 && substr_count($text, 'worker "nobody" is not declared') === 2, "what is not declared: $text");

        $scratch->file('down.php', '<?php try { BgWorkers\get_vars("down"); } catch (BgWorkers\WorkerException) { echo "down"; }');
        expect_same('down', $fpm->get('down.php'), 'a worker that gives up');
        [$status, $text] = $command($scratch, 'status', $socket);
        expect($status === 1 && preg_match('/ down +failed +1 +1 .*Exception: the bank does not answer/', $text), "a failed one: $text");
        expect_same(0, $fpm->quit(), 'exit of php-fpm');
    },

    'the command tells the mistakes of a workers file, a line each, and how it is called' => function (Scratch $scratch) use ($command) {
        $file = $scratch->file('workers.ini', "[w]\nscript = none.php\nnumb = 1\n");
        $fpm = new Fpm($scratch, ["php_admin_value[bgworkers.config] = $file"]);
        [, $text] = $command($scratch, 'status', "--fpm=$scratch->dir/www.sock");
        expect(preg_match('~^pid [\d, ]+: (\S+):2: script .*\n    \1:3: unknown key .*\n~m', $text) === 1, "two lines: $text");
        $help = $command($scratch, 'help');
        expect($help[0] === 0 && str_contains($help[1], 'bgworkers restart NAME'), "help: $help[1]");
        expect_same([$help, $help], [$command($scratch, '--help'), $command($scratch, 'status', '-h')], 'other words for it');
        expect_same(0, $fpm->quit(), 'exit of php-fpm');
    },

    'the command says of what is stuck that it does not begin anew' => function (Scratch $scratch) use ($config, $command) {
        // A read of a socket stream, which no signal ends.
        $silent = stream_socket_server('tcp://127.0.0.1:0');
        $code = 'BgWorkers\set_vars([]); fgets(stream_socket_client("tcp://' . stream_socket_get_name($silent, false) . '"));';
        $fpm = new Fpm($scratch, [$config($scratch, ['w' => ['code' => $code, 'shutdown_grace' => 0]]), 'pm.max_children = 1']);
        $scratch->file('index.php', '<?php BgWorkers\get_vars("w"); echo getmypid();');
        $child = $fpm->get('index.php');
        $connection = stream_socket_accept($silent, 10);
        $socket = "--fpm=$scratch->dir/www.sock";
        expect_same([0, "pid $child: begins anew\n"], $command($scratch, 'restart', 'w', $socket), 'restart');
        await('event=stuck', fn () => str_contains($scratch->read('php.log'), 'event=stuck'));
        [$status, $text] = $command($scratch, 'restart', 'w', $socket);
        expect_same([1, "pid $child: is stuck in a call, and begins anew when that ends; a reload of php-fpm waits for none\n"],
            [$status, $text], 'restart of what is stuck');
        fclose($connection);
        await('another run', fn () => str_contains($scratch->read('php.log'), 'worker=w event=started run=2'));
        expect_same(0, $fpm->quit(), 'exit of php-fpm');
    },

    'the command shows the log of one worker, and what comes' => function (Scratch $scratch) use ($config, $command) {
        $fpm = new Fpm($scratch, [$config($scratch, array_fill_keys(['w', 'ww', 'w w'],
            'echo "hello\n"; BgWorkers\set_vars([]); while (!BgWorkers\should_stop(0.01)) if (@unlink(__DIR__ . "/say-$argv[1]")) echo "said\n";'))]);
        $scratch->file('index.php', '<?php BgWorkers\get_vars(["w", "ww", "w w"]); echo getmypid();');
        $fpm->get('index.php');
        $socket = "--fpm=$scratch->dir/www.sock";
        foreach (['w', 'w w'] as $name) {
            [$status, $text] = $command($scratch, 'logs', $name, '--no-follow', $socket);
            expect_same(0, $status, "exit status: $text");
            expect_same(['started', 'hello', 'ready'], array_map(fn ($line) => preg_replace('/.*(event=|\] )(\w+).*/', '$2', $line),
                explode("\n", trim($text))), "lines of \"$name\"");
        }
        $follower = $scratch->start([getenv('PHP'), '-n', dirname(__DIR__, 3) . '/bin/bgworkers', 'logs', 'w', '--lines=1', $socket], 'followed.out');
        await('the last line', fn () => str_contains($scratch->read('followed.out'), 'event=ready'));
        touch($scratch->file('say-w'));
        touch($scratch->file('say-ww'));
        await('what comes', fn () => str_contains($scratch->read('followed.out'), '[w] said'));
        rename("$scratch->dir/php.log", "$scratch->dir/php.log.1");
        touch($scratch->file('say-w'));
        await('what comes after a rotation', fn () => substr_count($scratch->read('followed.out'), '[w] said') === 2);
        expect_same(3, substr_count($scratch->read('followed.out'), "\n"), 'lines');
        expect($follower->runs(), 'it follows on');
        expect_same(0, $fpm->quit(), 'exit of php-fpm');
    },

    'the command\'s file answers nobody who comes by a web server' => function (Scratch $scratch) use ($config, $command) {
        $fpm = new Fpm($scratch, [$config($scratch, ['w' => 'BgWorkers\set_vars([]); live();'])]);
        $script = dirname(__DIR__, 3) . '/bin/bgworkers.php';
        foreach ([[], ['BGWORKERS_COMMAND' => 'status', 'REMOTE_ADDR' => '127.0.0.1'], ['BGWORKERS_COMMAND' => 'status', 'HTTP_HOST' => 'localhost'],
            ['BGWORKERS_COMMAND' => 'status', 'SERVER_PROTOCOL' => 'HTTP/1.1'], ['HTTP_BGWORKERS_COMMAND' => 'status']] as $parameters) {
            $answer = fastcgi_answer(fastcgi_ask("$scratch->dir/www.sock", $script, '', $parameters));
            expect(!str_contains($answer, '"pid"'), 'an answer to ' . json_encode($parameters) . ": $answer");
        }
        [$status, $text] = $command($scratch, 'status', "--fpm=$scratch->dir/www.sock", "--agent=$scratch->dir/nowhere.php");
        expect($status === 2 && str_contains($text, 'cannot run') && str_contains($text, '--agent=FILE'), "a file that is not there: $text");
        [$status, $text] = $command($scratch, 'status', "--fpm=$scratch->dir/nowhere.sock");
        expect($status === 2 && str_contains($text, 'cannot be reached'), "no socket: $text");
        expect_same(0, $fpm->quit(), 'exit of php-fpm');
    },

    'opcache_reset() in every request harms neither workers nor values' => function (Scratch $scratch) use ($config) {
        $fpm = new Fpm($scratch, [$config($scratch, ['w' => <<<'PHP'
            do { BgWorkers\set_vars(['literal' => ['a' => 'interned', 'b' => [1, 2, 'three']], 'n' => random_int(0, 9)]); } while (!BgWorkers\should_stop(0.001));
            PHP])], options: ['-d', 'zend_extension=opcache', '-d', 'opcache.enable=1']);
        $scratch->file('index.php', '<?php $v = BgWorkers\get_vars("w"); opcache_reset(); echo json_encode(BgWorkers\get_vars("w")["literal"]);');
        for ($i = 0; $i < 500; ++$i) {
            expect_same('{"a":"interned","b":[1,2,"three"]}', $fpm->get('index.php'), "answer $i");
        }
        expect_same(0, $fpm->quit(), 'exit of php-fpm');
        expect_same(['exited with code 0' => 2], $fpm->ends(), 'ends of children');
    },
];
