<?php
// One worker for all children of a pool: what happens when the process that leads ends, in whatever way.

require_once __DIR__ . '/SharedPool.php';

$all = (bool) getenv('BGWORKERS_ALL_TESTS');

return [
    'when the leader is killed readers go on, another leads within a second, and it is one crash' => function (
        Scratch $scratch) {
        $pool = new SharedPool($scratch, ['w' => COUNTS]);
        $pool->each('BgWorkers\get_vars("w");');
        $leaders = [$pool->ask->leader()];
        for ($kill = 1; $kill <= 3; ++$kill) {
            $leader = end($leaders);
            $readers = $pool->each("[\$leader, \$kill] = [$leader, $kill];" . <<<'PHP'
                if (getmypid() === $leader) { return null; }
                usleep(100000);                 // the leader has answered
                @mkdir(__DIR__ . "/killed-$kill") && posix_kill($leader, SIGKILL);
                $killed = microtime(true);
                $slowest = $last = 0;
                $led = null;
                do {
                    $start = microtime(true);
                    $vars = BgWorkers\get_vars('w', 0);
                    $slowest = max($slowest, microtime(true) - $start);
                    ['version' => $version, 'leader' => $leads, 'ready' => $ready] = BgWorkers\status()['w'];
                    if ($version < $last || !$ready || array_unique($vars['again']) !== ["n $vars[n]"]) {
                        return 'torn, old or not ready';
                    }
                    $last = $version;
                    if ($leads !== null && $leads !== $leader) { $led ??= microtime(true) - $killed; }
                    usleep(500);
                } while ($vars['pid'] === $leader && microtime(true) < $killed + 5);
                return [$vars['pid'], $leads, $led, $slowest];
                PHP);
            unset($readers[$leader]);
            expect_same(3, count($readers), 'readers: ' . json_encode($readers));
            foreach ($readers as $pid => $seen) {
                expect(is_array($seen), "what reader $pid tells: " . json_encode($seen));
                [$publishes, $leads, $led, $slowest] = $seen;
                expect($publishes === $leads && !in_array($publishes, $leaders, true),
                    'another leader that publishes: ' . json_encode([$leaders, $readers]));
                expect($led < 2, "another leader within 0.5 s on an idle machine; it took $led s");
                expect($slowest < 0.5, "reads that wait for nobody, the slowest took $slowest s");
            }
            $leaders[] = $publishes;
            $seen = $pool->all('$s = BgWorkers\status()["w"]; return [$s["leader"], $s["took_over"], $s["crashes"],
                $s["runs"], $s["consecutive_failures"], $s["state"]];', 'status');
            expect_same([$publishes, $kill, $kill, $kill + 1, $kill, 'running'], $seen,
                "leader, takeovers, crashes, runs, failures, state after kill $kill");
        }
        // The children that came for the killed ones read at once, and start nothing.
        $runs = $pool->all('BgWorkers\get_vars("w", 0); return BgWorkers\status()["w"]["runs"];', 'runs');
        expect_same(4, $runs, 'runs');
        expect_same($leaders, array_column(runs_of($scratch), 0), 'processes of the runs');
        expect_same(3, count(preg_grep('/ after=\d+\.\d+/', $pool->events('took_over'))), 'lines about takeovers');
        $pool->end(['exited on signal 9' => 3, 'exited with code 0' => 4]);
    },

    'what a successor publishes that is equal is no new version' => function (Scratch $scratch) {
        $publish = 'BgWorkers\set_vars(["same", [1, ["x" => "y"]]]); live();';
        $pool = new SharedPool($scratch, ['w' => NOTE_RUN . $publish]);
        $look = '$s = BgWorkers\status()["w"]; return [$s["version"], $s["published_at"]];';
        $before = $pool->all('BgWorkers\get_vars("w");' . $look, 'version');
        $pool->kill_leader();
        await('a second run that works', fn () => count($pool->events('ready')) === 2);
        expect_same($before, $pool->all($look, 'version'), 'version and time of it');
        $pool->end(['exited on signal 9' => 1, 'exited with code 0' => 4]);
    },

    'a worker that kills its process is paced, gives up, and does not take one child after another' => function (
        Scratch $scratch) {
        $pool = new SharedPool($scratch, ['w' => ['max_consecutive_failures' => 4, 'code' => NOTE_RUN . <<<'PHP'
            $signal = count(file(__DIR__ . '/runs-w')) % 2 ? 'KILL' : 'SEGV';
            exec("kill -$signal " . getmypid());
            sleep(10);
            PHP]]);
        $begin = microtime(true);
        $pool->one('return said(fn () => BgWorkers\get_vars("w", 0));');       // the child may die while it answers
        await('a worker that has given up', fn () =>
            $pool->one('return BgWorkers\status()["w"]["state"];') === 'failed', 10);
        while (microtime(true) < $begin + 5) {
            $said = (string) $pool->one('return said(fn () => BgWorkers\get_vars("w", 5));');
            expect(str_starts_with($said, 'BgWorkers\WorkerException: '), "what readers are told: $said");
            usleep(50000);
        }
        $runs = runs_of($scratch);
        expect_same(4, count($runs), 'runs');
        foreach ([0.09, 0.18, 0.36] as $i => $pause) {
            $waited = $runs[$i + 1][1] - $runs[$i][1];
            expect($waited >= $pause, 'a pause of ' . $pause . ' s after run ' . ($i + 1) . ", not $waited s");
        }
        $seen = $pool->all('$s = BgWorkers\status()["w"];
            return [said(fn () => BgWorkers\get_vars("w")), $s["runs"], $s["crashes"], $s["consecutive_failures"],
                $s["state"], $s["ready"]];', 'message and status');
        expect_same([4, 4, 4, 'failed', false], array_slice($seen, 1), 'runs, crashes, failures, state, ready');
        expect(str_starts_with($seen[0], 'BgWorkers\WorkerException: worker "w" has given up: 4 attempts'),
            "message: $seen[0]");
        $pool->end(['exited on signal 11' => 2, 'exited on signal 9' => 2, 'exited with code 0' => 4]);
    },

    'leaders recycled by pm.max_requests hand over: no crash, no lost response, nothing goes back' => function (
        Scratch $scratch) {
        $pool = new SharedPool($scratch, ['w' => COUNTS], ['pm.max_requests = 12']);
        $scratch->file('index.php', '<?php BgWorkers\get_vars("w"); echo BgWorkers\status()["w"]["version"];');
        $last = 0;
        for ($i = 0; $i < 240; ++$i) {
            $version = (int) $pool->fpm->get('index.php');
            expect($version >= max(1, $last), "version $last and then $version");
            $last = $version;
        }
        [$status, $runs] = $pool->ask->status_and_runs();
        expect_same([0, 0], [$status['crashes'], $status['consecutive_failures']], 'crashes, failures');
        $led = count(array_unique(array_column($runs, 0)));
        expect($led > 2 && $status['took_over'] >= $led - 1, "$led leaders, $status[took_over] takeovers");
        expect(count($pool->events('handed_over')) >= $led - 1, 'lines about it');
        expect_same([], $pool->events('took_over'), 'lines about deaths');
        $pool->end(['exited with code 0']);
    },

    'the last child of an ondemand pool leaves the snapshot to the next, which reads it at once and leads' => function (
        Scratch $scratch) {
        $pool = new SharedPool($scratch, ['w' => NOTE_RUN . <<<'PHP'
            $run = count(file(__DIR__ . '/runs-w'));
            while ($run > 1 && !is_file(__DIR__ . '/go')) { if (BgWorkers\should_stop(0.01)) { return; } }
            BgWorkers\set_vars(['run' => $run, 'pid' => getmypid()]);
            live();
            PHP], ['pm = ondemand', 'pm.process_idle_timeout = 1s']);
        ['run' => $run, 'pid' => $first] = $pool->one('return BgWorkers\get_vars("w");');
        expect_same(1, $run, 'run');
        await('no child', fn () => $pool->fpm->process->children() === [], 8);
        [$pid, $vars, $status] = $pool->one('
            return [getmypid(), BgWorkers\get_vars("w", 0), BgWorkers\status()["w"]];');
        expect($pid !== $first, 'another child');
        expect_same(['run' => 1, 'pid' => $first], $vars, 'what it reads at once');
        expect_same([true, 1, 0], [$status['ready'], $status['version'], $status['crashes']],
            'ready, version, crashes');
        touch($scratch->file('go'));
        $vars = await('the next run', function () use ($pool) {
            $vars = $pool->one('return BgWorkers\get_vars("w", 0) + BgWorkers\status()["w"];');
            return $vars['run'] === 2 ? $vars : null;
        });
        expect_same([$vars['leader'], 2, 0, 2, 1], [$vars['pid'], $vars['runs'], $vars['crashes'], $vars['version'],
            $vars['took_over']], 'leader, runs, crashes, version, takeovers');
        $pool->end(['exited with code 0']);
    },

    'reloads begin with new memory, and leave nothing behind in the master' => function (Scratch $scratch) {
        $pool = new SharedPool($scratch, ['w' => COUNTS]);
        $leaders = [$pool->one('return BgWorkers\get_vars("w")["pid"];')];
        $master = $pool->fpm->process->pid;
        for ($i = 1; $i <= 3; ++$i) {
            $old = $pool->fpm->reload();
            $leaders[] = await('a new generation', function () use ($pool, $old) {
                $seen = $pool->one('$vars = BgWorkers\get_vars("w"); $s = BgWorkers\status()["w"];
                    return [getmypid(), $vars["pid"], $s["leader"], $s["took_over"], $s["crashes"], $s["runs"]];');
                // Of an old generation another one leads for a moment, when the leader is not the last to end.
                if (!is_array($seen) || in_array($seen[0], $old, true)) {
                    expect_same(0, $seen[4] ?? 0, 'crashes in an old generation');
                    return null;
                }
                expect(!in_array($seen[1], $old, true), "a worker in a process of its own generation, not in $seen[1]");
                expect_same([$seen[1], 0, 0, 1], array_slice($seen, 2), 'leader, takeovers, crashes, runs');
                return $seen[1];
            });
            $pool->all('return BgWorkers\get_vars("w")["pid"];', "process of the worker after reload $i");
            $open = count(scandir("/proc/$master/fd"));
            expect_same($open_before ??= $open, $open, "descriptors of the master after reload $i");
        }
        // Among others: those that led an old generation for a moment.
        $runs = array_column(runs_of($scratch), 0);
        expect_same($leaders, array_values(array_intersect($runs, $leaders)), 'processes of the runs, among others');
        expect_same(0, $pool->fpm->quit(), 'exit of php-fpm');
        expect(!str_contains(json_encode($pool->fpm->ends()), 'signal'), 'no child ended by a signal');
    },

    'a leader that is stopped hangs: that is told, readers go on, nobody takes over, and it goes on' => function (
        Scratch $scratch) {
        $pool = new SharedPool($scratch, ['w' => COUNTS]);
        $pool->each('BgWorkers\get_vars("w");');
        $leader = $pool->ask->leader();
        posix_kill($leader, SIGSTOP);
        await('all its threads stand', fn () => !preg_grep('/^State:\s+[^T]/m',
            array_map(fn ($task) => (string) @file_get_contents($task), glob("/proc/$leader/task/*/status"))));
        try {
            $hung = expect_one($pool->ask->each(3, <<<'PHP'
                $slowest = 0;
                $begin = microtime(true);
                for ($end = $begin + 6; BgWorkers\status()['w']['state'] !== 'hung' && microtime(true) < $end;) {
                    $start = microtime(true);
                    BgWorkers\get_vars('w', 0);
                    $slowest = max($slowest, microtime(true) - $start);
                    usleep(20000);
                }
                $s = BgWorkers\status()['w'];
                return [$s['state'], $s['leader'], $s['took_over'], $s['ready'], $s['crashes'], $slowest < 0.5,
                    microtime(true) - $begin > 1];
                PHP), 3, 'status');
            expect_same(['hung', $leader, 0, true, 0, true, true], $hung,
                'state, leader, takeovers, ready, crashes, reads that wait for nobody, not told at once');
            await('line about it', fn () => $pool->events('hung'), 3);
            $metrics = $pool->one('return BgWorkers\metrics();');
            $hung = '/^bgworkers_worker_state{worker="w",bgworkers_worker_state="hung"} 1$/m';
            expect(preg_match($hung, $metrics) === 1,
                "the state in metrics: $metrics");
        } finally {
            posix_kill($leader, SIGCONT);
        }
        await('it runs again', fn () => $pool->ask->status()['state'] === 'running', 3);
        $n = $pool->one('return BgWorkers\get_vars("w")["n"];');
        await('it publishes again', fn () => $pool->one('return BgWorkers\get_vars("w")["n"];') > $n);
        $status = $pool->ask->status();
        expect_same([$leader, 0, 1, 0], [$status['leader'], $status['took_over'], $status['runs'], $status['crashes']],
            'leader, takeovers, runs and crashes after all');
        expect_same(1, count($pool->events('hung')), 'lines about it');
        $pool->end();
    },

    'a dynamic pool that grows and shrinks costs one takeover' => function (Scratch $scratch) use ($all) {
        $all || throw new Skipped('a long one: --all');
        $pool = new SharedPool($scratch, ['w' => COUNTS], ['pm = dynamic', 'pm.max_children = 50',
            'pm.start_servers = 5', 'pm.min_spare_servers = 2', 'pm.max_spare_servers = 5', 'pm.max_spawn_rate = 32']);
        $leader = $pool->one('return BgWorkers\get_vars("w")["pid"];');
        $scratch->file('busy.php', <<<'PHP'
            <?php
            for ($i = 0; $i < 6000 && !is_file(__DIR__ . '/enough'); ++$i) { usleep(10000); }
            echo BgWorkers\get_vars('w')['pid'];
            PHP);
        $asked = array_map(fn () => $pool->fpm->ask('busy.php'), range(1, 50));
        await('fifty children', fn () => count($pool->fpm->process->children()) === 50, 60);
        touch($scratch->file('enough'));
        expect_same([(string) $leader], array_unique(array_map(fastcgi_answer(...), $asked)), 'process of the worker');
        $status = $pool->ask->status();
        expect_same([$leader, 0], [$status['leader'], $status['took_over']], 'leader and takeovers when it has grown');
        $last = 0;
        await('a pool that has shrunk', function () use ($pool, &$last) {
            $version = $pool->ask->status()['version'];
            expect($version >= $last, 'versions that go on');
            $last = $version;
            usleep(200000);
            return count($pool->fpm->process->children()) <= 6;
        }, 90);
        $status = $pool->ask->status();
        expect_same([1, 0], [$status['took_over'], $status['crashes']], 'takeovers and crashes');
        $pool->end(['exited with code 0']);
    },

    'a child killed each second under load: no wrong response, and none lost but of the killed' => function (
        Scratch $scratch) use ($all) {
        $all || throw new Skipped('a long one: --all');
        $pool = new SharedPool($scratch, ['w' => ['max_consecutive_failures' => -1, 'code' => COUNTS]],
            ['pm.max_children = 8']);
        $scratch->file('index.php', <<<'PHP'
            <?php
            $vars = BgWorkers\get_vars('w');
            usleep(2000);
            echo json_encode([BgWorkers\status()['w']['version'], array_unique($vars['again']) === ["n $vars[n]"]]);
            PHP);
        $pool->one('BgWorkers\get_vars("w");');
        $killed = $lost = $answers = $last = $next = 0;
        for ($end = microtime(true) + 60; microtime(true) < $end;) {
            $asked = array_map(fn () => $pool->fpm->ask('index.php'), range(1, 8));
            if (microtime(true) > $next) {
                $children = $pool->fpm->process->children();
                posix_kill($killed % 2 ? $children[array_rand($children)] : ($leader ?? $children[0]), SIGKILL);
                ++$killed;
                $next = microtime(true) + 1;
            }
            foreach ($asked as $connection) {
                try {
                    $body = fastcgi_answer($connection);
                } catch (RuntimeException) {
                    ++$lost;
                    continue;
                }
                [$version, $whole] = json_decode($body, true) ?? throw new Exception("an answer that is none: $body");
                expect($whole, 'whole snapshots');
                $last = max($last, $version);
                ++$answers;
            }
            $leader = $pool->one('return BgWorkers\status()["w"]["leader"];');
        }
        expect($lost <= $killed, "$lost responses of " . ($answers + $lost) . " lost by $killed kills");
        expect($last > 50 && $answers > 500, "version $last, $answers answers");
        expect_same(0, $pool->fpm->quit(), 'exit of php-fpm');
        $ends = array_keys($pool->fpm->ends());
        expect_same([], array_diff($ends, ['exited with code 0', 'exited on signal 9']), 'other ends of children');
    },
];
