<?php
// cli: the process itself, seen from outside.

$run = function (Scratch $scratch, array $workers, string $code, array $options = []): Process {
    $scratch->workers($workers);
    $script = $scratch->file('main.php', "<?php\n$code");
    return $scratch->php(['-d', "bgworkers.config=$scratch->dir/workers.ini", ...$options, $script]);
};
$live = 'BgWorkers\set_vars(["pid" => getmypid()]); live();';

return [
    'a script\'s exit code stays, whatever its workers do at the end' => function (Scratch $scratch) use ($run) {
        foreach (['live();', 'while (true) { }', 'sleep(60);', 'exec("sleep 3");', 'register_shutdown_function(function () { while (true); }); live(); while (true);'] as $end) {
            $process = $run($scratch, ['w' => ['shutdown_grace' => 0.2, 'code' => "BgWorkers\\set_vars([]); $end"]], 'BgWorkers\get_vars("w"); exit(7);');
            $start = microtime(true);
            expect_same(7, $process->wait(), "exit code with a worker that does: $end");
            expect(microtime(true) - $start < 4, "an end in time with a worker that does: $end");
        }
    },

    'an uncaught exception of the script ends it with 255' => function (Scratch $scratch) use ($run, $live) {
        expect_same(255, $run($scratch, ['w' => $live], 'BgWorkers\get_vars("w"); throw new Exception("end");')->wait(), 'exit code');
    },

    'signal handlers of the script work while workers run, and while it waits for one' => function (Scratch $scratch) use ($run, $live) {
        $process = $run($scratch, ['w' => $live, 'never' => 'live();'], <<<'PHP'
            pcntl_async_signals(true);
            $got = 0;
            pcntl_signal(SIGUSR1, function () use (&$got) { ++$got; touch(__DIR__ . "/got-$got"); });
            pcntl_signal(SIGTERM, fn () => exit(3));
            BgWorkers\get_vars('w');
            touch(__DIR__ . '/ready');
            while ($got < 1) { usleep(1000); }
            BgWorkers\get_vars('never', 60);
            PHP);
        await('start', fn () => file_exists($scratch->file('ready')));
        $process->signal(SIGUSR1);
        await('handler while workers run', fn () => file_exists($scratch->file('got-1')));
        usleep(100000);
        $process->signal(SIGUSR1);
        await('handler in a wait', fn () => file_exists($scratch->file('got-2')));
        $process->signal(SIGTERM);
        expect_same(3, $process->wait(), 'exit code of the handler');
    },

    'signals at a high rate reach the script\'s handler and no worker' => function (Scratch $scratch) use ($run, $live) {
        $process = $run($scratch, ['w' => 'do { BgWorkers\set_vars([random_int(0, 99)]); } while (!BgWorkers\should_stop(0.0001));', 'x' => $live], <<<'PHP'
            pcntl_async_signals(true);
            $got = 0;
            foreach ([SIGUSR1, SIGHUP, SIGINT, SIGQUIT] as $signal) { pcntl_signal($signal, function () use (&$got) { ++$got; }); }
            BgWorkers\get_vars(['w', 'x']);
            touch(__DIR__ . '/ready');
            while (!file_exists(__DIR__ . '/enough')) { BgWorkers\get_vars('w'); usleep(100); }
            file_put_contents(__DIR__ . '/count', $got);
            PHP);
        await('start', fn () => file_exists($scratch->file('ready')));
        for ($i = 0; $i < 4000; ++$i) {
            $process->signal([SIGUSR1, SIGHUP, SIGINT, SIGQUIT][$i % 4]);
            usleep(200);
        }
        touch($scratch->file('enough'));
        expect_same(0, $process->wait(), 'exit code');
        expect((int) $scratch->read('count') > 100, 'handlers that ran: ' . $scratch->read('count'));
        expect(!str_contains($scratch->read('php.out'), 'event=killed') && substr_count($scratch->read('php.out'), 'event=started') === 2, 'workers that lived through it');
    },

    'a thousand forks with live workers: right exit codes, parent untouched' => function (Scratch $scratch) use ($run) {
        $times = getenv('BGWORKERS_ALL_TESTS') === '1' ? 1000 : 200;
        $process = $run($scratch, ['w' => 'do { BgWorkers\set_vars(["v" => random_int(0, 9), "big" => range(1, 1000)]); } while (!BgWorkers\should_stop(0.0005));', 'other' => 'live();'], <<<PHP
            BgWorkers\\get_vars('w');
            for (\$i = 0; \$i < $times; ++\$i) {
                \$pid = pcntl_fork();
                if (\$pid === 0) {
                    if (count(BgWorkers\\get_vars('w')['big']) !== 1000) { exit(201); }
                    if (\$i % 3 === 0) {
                        try { BgWorkers\\get_vars('other', 0.1); exit(202); } catch (RuntimeException \$e) { }
                    }
                    exit(\$i % 200);
                }
                pcntl_waitpid(\$pid, \$status);
                if (!pcntl_wifexited(\$status) || pcntl_wexitstatus(\$status) !== \$i % 200) { echo "child \$i: \$status\\n"; exit(1); }
                BgWorkers\\get_vars('w');
            }
            exit(BgWorkers\\status()['w']['runs'] === 1 ? 9 : 2);
            PHP);
        expect_same(9, $process->wait(120), 'exit code of the parent');
    },

    'a process forked before any worker starts its own' => function (Scratch $scratch) use ($run, $live) {
        $process = $run($scratch, ['w' => $live], <<<'PHP'
            $pid = pcntl_fork();
            if ($pid === 0) { exit(BgWorkers\get_vars('w')['pid'] === getmypid() ? 5 : 6); }
            pcntl_waitpid($pid, $status);
            exit(pcntl_wexitstatus($status) === 5 && BgWorkers\get_vars('w')['pid'] === getmypid() ? 8 : 1);
            PHP);
        expect_same(8, $process->wait(), 'exit code');
    },

    'threads carry their worker\'s name' => function (Scratch $scratch) use ($run, $live) {
        $process = $run($scratch, ['clock' => $live], 'BgWorkers\get_vars("clock"); touch(__DIR__ . "/ready"); sleep(10);');
        await('start', fn () => file_exists($scratch->file('ready')));
        $names = array_map(fn ($file) => trim(file_get_contents($file)), glob("/proc/$process->pid/task/*/comm"));
        expect(in_array('bgw:clock', $names, true) && in_array('bgw-supervisor', $names, true), 'names: ' . implode(', ', $names));
    },

    'no signal of the process is open in a thread of ours, but the one that kills' => function (Scratch $scratch) use ($run, $live) {
        $process = $run($scratch, ['clock' => $live], 'BgWorkers\get_vars("clock"); touch(__DIR__ . "/ready"); sleep(10);');
        await('start', fn () => file_exists($scratch->file('ready')));
        foreach (glob("/proc/$process->pid/task/*") as $task) {
            if (str_starts_with(file_get_contents("$task/comm"), 'bgw')) {
                preg_match('/SigBlk:\s+([0-9a-f]+)/', file_get_contents("$task/status"), $blocked);
                $mask = hexdec(substr($blocked[1], 8));
                foreach ([SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGPROF, SIGCHLD, SIGPIPE] as $signal) {
                    expect(($mask >> ($signal - 1) & 1) === 1, "signal $signal blocked in " . trim(file_get_contents("$task/comm")));
                }
            }
        }
    },

    'with cli_autostart workers with num start by themselves, without it they do not' => function (Scratch $scratch) use ($run) {
        $workers = ['w' => ['num' => 1, 'code' => 'touch(__DIR__ . "/started"); live();']];
        expect_same(0, $run($scratch, $workers, 'usleep(200000);')->wait(), 'exit code');
        expect(!file_exists($scratch->file('started')), 'no start without the setting');
        $wait = 'for ($i = 0; $i < 5000 && !file_exists(__DIR__ . "/started"); ++$i) { usleep(1000); }';
        expect_same(0, $run($scratch, $workers, $wait, ['-d', 'bgworkers.cli_autostart=1'])->wait(), 'exit code');
        expect(file_exists($scratch->file('started')), 'a start with the setting');
        unlink($scratch->file('started'));
        $threads = 'preg_match("/^Threads:\t1$/m", file_get_contents("/proc/self/status"))';
        expect_same(0, $scratch->php(['-d', 'bgworkers.config=' . $scratch->file('workers.ini'), '-d', 'bgworkers.cli_autostart=1', '-r', "exit($threads ? 0 : 1);"])->wait(),
            'exit code of code without a file, where no thread was started');
    },

    'with Xdebug\'s step debugger what is printed arrives, once, from the script and from workers' => function (Scratch $scratch) use ($run) {
        $module = getenv('XDEBUG') ?: throw new Skipped('no Xdebug here (XDEBUG names it; ./dev test --all builds it)');
        foreach (['no' => 'no', 'yes, and no client listens' => 'yes'] as $what => $start) {
            $process = $run($scratch, ['w' => 'echo "printed by the worker\n"; var_dump(1); BgWorkers\set_vars(["value"]); live(); echo "ends\n";', 'other' => 'BgWorkers\set_vars(["other"]); live();'],
                'echo "before\n"; echo BgWorkers\get_vars("w")[0], BgWorkers\get_vars("other")[0], "\n"; echo "after\n"; exit(7);',
                ['-d', "error_log=$scratch->dir/php.log", '-d', "zend_extension=$module", '-d', 'xdebug.mode=debug', '-d', "xdebug.start_with_request=$start", '-d', 'xdebug.log_level=0', '-d', 'xdebug.client_port=1']);
            expect_same(7, $process->wait(), "exit code, start of a session: $what");
            expect_same("before\nvalueother\nafter\n", $scratch->read('php.out'), "what the script printed, start of a session: $what");
            foreach (['printed by the worker', 'int(1)', 'ends'] as $line) {
                expect_same(1, substr_count($scratch->read('php.log'), "bgworkers: [w] $line"), "\"$line\" in the log, start of a session: $what");
            }
            unlink($scratch->file('php.out'));
            unlink($scratch->file('php.log'));
        }
    },

    'in each mode of Xdebug what was read may be passed, shown, traced and lie in an exception' => function (
        Scratch $scratch) use ($run) {
        $module = getenv('XDEBUG') ?: throw new Skipped('no Xdebug here (XDEBUG names it; ./dev test --all builds it)');
        $publish = <<<'PHP'
            $row = ['id' => 1, 'name' => str_repeat('n', 40), 'tags' => ['a', 'bb', ['deep' => [1, 2, 3]]], 'none' => []];
            BgWorkers\set_vars(['rows' => array_fill(0, 20, $row), 'same' => [$row, $row], 'deep' => [[[[[5]]]]]]);
            live();
            PHP;
        $use = <<<'PHP'
            function look(array $v): array {
                [$local, $same] = [$v['rows'], $v];
                function_exists('xdebug_debug_zval') && xdebug_debug_zval('v', 'local', 'same');
                var_dump($v, $local[0]);
                return $local[0] + $v['deep'];
            }
            function fail(array $v) { $local = $v['same']; throw new RuntimeException('told'); }
            $v = BgWorkers\get_vars('w');
            ob_start();
            for ($i = 0; $i < 3; ++$i) {
                look($v);
                try { fail($v); } catch (Exception $e) { echo $e, print_r($e->getTrace(), true); }
                foreach ($v['rows'] as $row) { $row['tags'][] = $i; }
            }
            trigger_error('with what is local', E_USER_WARNING);
            try { (fn (array $v) => no_such_function($v))($v); } catch (Error $e) { echo $e; }
            ob_end_clean();
            exit(7);
            PHP;
        foreach (['off', 'develop', 'debug', 'trace', 'profile', 'coverage', 'develop,debug,trace,profile'] as $mode) {
            $settings = ["zend_extension=$module", "xdebug.mode=$mode", 'xdebug.start_with_request=yes',
                "xdebug.output_dir=$scratch->dir", 'xdebug.log_level=0', 'xdebug.client_port=1',
                'xdebug.show_local_vars=1', 'xdebug.collect_return=1', 'xdebug.collect_assignments=1'];
            $options = array_merge(...array_map(fn ($setting) => ['-d', $setting], $settings));
            expect_same(7, $run($scratch, ['w' => $publish], $use, $options)->wait(), "exit code, mode $mode");
        }
    },

    'a changed file under watch restarts the worker once, after EOF and grace' => function (Scratch $scratch) use ($run) {
        $scratch->file('watched.txt', '0');
        $process = $run($scratch, ['w' => ['watch[]' => 'watched*', 'code' => <<<'PHP'
            file_put_contents(__DIR__ . '/runs', 'x', FILE_APPEND);
            BgWorkers\set_vars([file_get_contents(__DIR__ . '/watched.txt')]);
            live();
            file_put_contents(__DIR__ . '/stops', 'x', FILE_APPEND);
            PHP]], 'BgWorkers\get_vars("w"); touch(__DIR__ . "/ready"); while (BgWorkers\get_vars("w")[0] !== "done") { usleep(1000); }');
        await('start', fn () => file_exists($scratch->file('ready')));
        for ($i = 0; $i < 20; ++$i) {
            $scratch->file('watched.txt', (string) $i);
            usleep(2000);
        }
        $scratch->file('watched.txt', 'done');
        expect_same(0, $process->wait(), 'exit code');
        expect(strlen($scratch->read('runs')) <= 3 && strlen($scratch->read('stops')) >= 2, 'runs ' . strlen($scratch->read('runs')) . ', stops ' . strlen($scratch->read('stops')));
    },
];
