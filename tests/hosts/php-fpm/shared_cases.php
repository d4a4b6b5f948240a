<?php
// One worker for all children of a pool: `shared = 1`.

require_once __DIR__ . '/../asking.php';

$all = (bool) getenv('BGWORKERS_ALL_TESTS');
$config = fn (Scratch $scratch, array $workers, string $file = 'workers.ini') => 'php_admin_value[bgworkers.config] = '
    . $scratch->workers(array_map(fn ($worker) => (is_array($worker) ? $worker : ['code' => $worker]) + ['shared' => 1], $workers), $file);
/** A pool of four; the end of all is looked at by $end. */
$start = fn (Scratch $scratch, array $workers, array $lines = [], array $options = []): Fpm =>
    new Fpm($scratch, ['pm.max_children = 4', $config($scratch, $workers), ...$lines], options: $options);
$end = function (Fpm $fpm, array $ends): void {
    expect_same(0, $fpm->quit(), 'exit of php-fpm');
    $seen = $fpm->ends();
    ksort($seen);
    expect_same($ends, $seen, 'ends of children');
};
/** Kills the leader; its pid and that of the next. */
$kill_leader = function (Asking $ask): array {
    $leader = $ask->leader();
    posix_kill($leader, SIGKILL);
    return [$leader, await('another leader', fn () => ($next = $ask->leader()) !== $leader ? $next : null, 3)];
};
$events = fn (Scratch $scratch, string $event) => array_values(preg_grep("/ event=$event( |$)/", explode("\n", $scratch->read('php.log'))));
/** What process maps and has open of ours: inodes. */
$memory_of = function (int $pid): array {
    preg_match_all('~^\S+ \S+ \S+ \S+ (\d+)\s+/memfd:bgworkers~m', file_get_contents("/proc/$pid/maps"), $maps);
    $open = [];
    foreach (scandir("/proc/$pid/fd") as $fd) {
        if (str_starts_with((string) @readlink("/proc/$pid/fd/$fd"), '/memfd:bgworkers')) {
            $open[] = stat("/proc/$pid/fd/$fd")['ino'];
        }
    }
    return [array_values(array_unique(array_map(intval(...), $maps[1]))), array_values(array_unique($open))];
};

return [
    'one worker serves all children, which read one copy in place' => function (Scratch $scratch) use ($start, $end, $events) {
        $fpm = $start($scratch, ['w' => NOTE_RUN . 'BgWorkers\set_vars(["pid" => getmypid(), "rows" => array_map(fn ($i) => ["row $i", $i], range(1, 50000))]); live();'],
            options: ['-d', 'extension=' . getenv('POOL_PROBE')]);
        $ask = asking_fpm($scratch);
        $seen = expect_one($ask->each(4, <<<'PHP'
            $before = memory_get_usage();
            $vars = BgWorkers\get_vars('w');
            $sum = 0;
            foreach ($vars['rows'] as $row) { $sum += $row[1]; }
            $own = memory_get_usage() - $before;
            $mine = $vars;
            $mine['rows'][0][0] = 'changed here ' . getmypid();
            ['shared' => $shared, 'leader' => $leader, 'took_over' => $took_over, 'state' => $state, 'ready' => $ready, 'runs' => $runs,
                'version' => $version, 'bytes' => $bytes, 'crashes' => $crashes, 'last_error' => $error] = BgWorkers\status()['w'];
            return [probe_address($vars['rows']), $own < 50000, $sum, BgWorkers\get_vars('w')['rows'][0][0], $vars['pid'], $leader,
                $shared, $took_over, $state, $ready, $runs, $version, $bytes > 5000000, $crashes, $error];
            PHP), 4, 'reading and status');
        $leader = $seen[5];
        expect_same([true, 50000 * 50001 / 2, 'row 1', $leader, $leader, true, 0, 'running', true, 1, 1, true, 0, null], array_slice($seen, 1), 'what they see');
        expect_same([$leader], array_column(runs_of($scratch), 0), 'runs');
        expect(in_array($leader, $fpm->process->children(), true), 'a leader that is one of the children');
        expect_same(1, count($events($scratch, 'leading')), 'lines about the leader');
        expect_same(1, preg_match_all('/^\[.*bgworkers\[' . $leader . ']: .*event=leading/m', file_get_contents($scratch->file('php.log'))), 'such a line of the leader');
        $metrics = $ask->one('return BgWorkers\metrics();');
        expect(str_contains($metrics, 'took_over_total{worker="w"} 0') && str_contains($metrics, 'bgworkers_worker_ready{worker="w"} 1'), "metrics: $metrics");
        $end($fpm, ['exited with code 0' => 4]);
        expect_same(1, count($events($scratch, 'exited')), 'ends of the worker');
    },

    'all children at once start a worker once, and one that does not lead has another started' => function (Scratch $scratch) use ($start, $end) {
        $fpm = $start($scratch, ['w' => NOTE_RUN . 'usleep(300000); BgWorkers\set_vars([getmypid()]); live();',
            'later' => NOTE_RUN . 'BgWorkers\set_vars([getmypid()]); live();', '*' => NOTE_RUN . 'BgWorkers\set_vars([$argv[1]]); live();']);
        $ask = asking_fpm($scratch);
        [$leader] = expect_one($ask->each(4, 'return BgWorkers\get_vars("w");'), 4, 'first read');
        $later = $ask->each(4, "return getmypid() === $leader ? null : BgWorkers\\get_vars('later')[0];");
        expect_same([$leader => null] + array_fill_keys(array_keys($later), $leader), [$leader => null] + $later, 'the worker that others have asked for');
        // Names of the catch-all, each asked for first in another child.
        $names = $ask->each(4, 'return BgWorkers\get_vars(["n" . getmypid(), "common"], 10);');
        foreach ($names as $pid => $vars) {
            expect_same(["n$pid" => ["n$pid"], 'common' => ['common']], $vars, "names that process $pid asked for");
        }
        $names = array_keys($names);
        $list = json_encode(array_map(fn ($pid) => "n$pid", $names));
        expect_one($ask->each(4, "return BgWorkers\\get_vars($list, 0);"), 4, 'names that others have asked for first');
        foreach (['w', 'later', 'common', ...array_map(fn ($pid) => "n$pid", $names)] as $worker) {
            expect_same([$leader], array_column(runs_of($scratch, $worker), 0), "runs of $worker");
        }
        expect_one($ask->each(4, '$s = BgWorkers\status(); ksort($s); return array_map(fn ($w) => [$w["state"], $w["leader"], $w["version"]], $s);'), 4, 'status');
        $end($fpm, ['exited with code 0' => 4]);
    },

    'all children see each version, one instance of it, and none for equal data' => function (Scratch $scratch) use ($start, $end) {
        $scratch->file('value', '1');
        $fpm = $start($scratch, ['w' => 'do { BgWorkers\set_vars(["value" => file_get_contents(__DIR__ . "/value"), "rows" => range(1, 1000)]); } while (!BgWorkers\should_stop(0.002));'],
            options: ['-d', 'extension=' . getenv('POOL_PROBE')]);
        $ask = asking_fpm($scratch);
        $address = null;
        for ($value = 1; $value <= 12; ++$value) {
            $scratch->file('value.new', "$value");
            rename($scratch->file('value.new'), $scratch->file('value'));
            [$version, $place] = expect_one($ask->each(4, <<<PHP
                for (\$end = microtime(true) + 5; (\$first = BgWorkers\\get_vars('w'))['value'] !== '$value' && microtime(true) < \$end; usleep(200));
                \$seen = [BgWorkers\\status()['w']['version'], probe_address(\$first)];
                \$at = BgWorkers\\status()['w']['published_at'];
                for (\$i = 0; \$i < 20; ++\$i, usleep(1000)) {
                    \$again = BgWorkers\\get_vars('w');
                    if ([\$again['value'], BgWorkers\\status()['w']['version'], probe_address(\$again)] !== ['$value', ...\$seen]) { return 'another one'; }
                }
                return [...\$seen, BgWorkers\\status()['w']['published_at'] === \$at];
                PHP), 4, "version and place of value $value");
            expect_same($value, $version, 'version');
            expect($place !== $address, 'another place for another version');
            $address = $place;
        }
        $end($fpm, ['exited with code 0' => 4]);
    },

    'when the leader is killed readers go on, another child leads within a second, and it counts as one crash' => function (Scratch $scratch) use ($start, $end, $events) {
        $fpm = $start($scratch, ['w' => COUNTS]);
        $ask = asking_fpm($scratch);
        $ask->each(4, 'BgWorkers\get_vars("w");');
        $leaders = [$ask->leader()];
        for ($kill = 1; $kill <= 3; ++$kill) {
            $leader = end($leaders);
            $readers = $ask->each(4, <<<PHP
                if (getmypid() === $leader) { return null; }
                usleep(100000);                 // the leader has answered
                @mkdir(__DIR__ . '/killed-$kill') && posix_kill($leader, SIGKILL);
                \$killed = microtime(true);
                \$slowest = \$last = 0;
                \$led = null;
                do {
                    \$start = microtime(true);
                    \$vars = BgWorkers\\get_vars('w', 0);
                    \$slowest = max(\$slowest, microtime(true) - \$start);
                    ['version' => \$version, 'leader' => \$leads, 'ready' => \$ready] = BgWorkers\\status()['w'];
                    if (\$version < \$last || !\$ready || array_unique(\$vars['again']) !== ["n \$vars[n]"]) { return 'torn, old or not ready'; }
                    \$last = \$version;
                    if (\$leads !== null && \$leads !== $leader) { \$led ??= microtime(true) - \$killed; }
                    usleep(500);
                } while (\$vars['pid'] === $leader && microtime(true) < \$killed + 5);
                return [\$vars['pid'], \$leads, \$led, \$slowest];
                PHP);
            unset($readers[$leader]);
            expect_same(3, count($readers), 'readers: ' . json_encode($readers));
            foreach ($readers as $pid => $seen) {
                expect(is_array($seen), "what reader $pid tells: " . json_encode($seen));
                expect($seen[0] === $seen[1] && !in_array($seen[0], $leaders, true), 'another leader that publishes: ' . json_encode([$leaders, $readers]));
                expect($seen[2] < 2, "another leader within 0.5 s on an idle machine; it took $seen[2] s");
                expect($seen[3] < 0.5, "reads that wait for nobody, the slowest took $seen[3] s");
            }
            $leaders[] = current($readers)[0];
            $status = expect_one($ask->each(4, "return array_intersect_key(BgWorkers\\status()['w'], array_flip(['took_over', 'crashes', 'runs', 'consecutive_failures', 'state', 'leader']));"), 4, 'status');
            expect_same([end($leaders), $kill, $kill, $kill + 1, $kill, 'running'],
                [$status['leader'], $status['took_over'], $status['crashes'], $status['runs'], $status['consecutive_failures'], $status['state']], "leader and counts after kill $kill");
        }
        // The child that came for a killed one reads at once, and starts nothing.
        expect_one($ask->each(4, 'BgWorkers\get_vars("w", 0); return BgWorkers\status()["w"]["runs"];'), 4, 'runs');
        expect_same(array_slice($leaders, 0, 4), array_column(runs_of($scratch), 0), 'runs');
        expect_same(3, count(preg_grep('/ after=\d+\.\d+/', $events($scratch, 'took_over'))), 'lines about takeovers');
        $end($fpm, ['exited on signal 9' => 3, 'exited with code 0' => 4]);
    },

    'a worker that kills its process is paced, gives up, and does not take one child after another' => function (Scratch $scratch) use ($start, $end) {
        $fpm = $start($scratch, ['w' => ['max_consecutive_failures' => 4, 'code' => NOTE_RUN
            . '$signal = count(file(__DIR__ . "/runs-w")) % 2 ? "KILL" : "SEGV"; exec("kill -$signal " . getmypid()); sleep(10);']]);
        $ask = asking_fpm($scratch);
        $begin = microtime(true);
        $ask->one('return BgWorkers\get_vars("w", 0);');     // the child may die while it answers
        await('a worker that has given up', fn () => ($ask->one('return BgWorkers\status()["w"]["state"];')) === 'failed', 10);
        while (microtime(true) < $begin + 6) {
            expect_same('BgWorkers\WorkerException', strstr((string) $ask->one('return said(fn () => BgWorkers\get_vars("w", 5));'), ':', true), 'what readers are told');
            usleep(50000);
        }
        $runs = runs_of($scratch);
        expect_same(4, count($runs), 'runs');
        foreach ([0.09, 0.18, 0.36] as $i => $pause) {
            expect($runs[$i + 1][1] - $runs[$i][1] >= $pause, 'a pause after run ' . ($i + 1) . ' of ' . ($runs[$i + 1][1] - $runs[$i][1]));
        }
        $seen = expect_one($ask->each(4, <<<'PHP'
            try { BgWorkers\get_vars('w'); } catch (BgWorkers\WorkerException $error) { }
            ['runs' => $runs, 'crashes' => $crashes, 'consecutive_failures' => $failures, 'state' => $state, 'ready' => $ready] = BgWorkers\status()['w'];
            return [$error->getMessage(), $runs, $crashes, $failures, $state, $ready];
            PHP), 4, 'message and counts');
        expect_same([4, 4, 4, 'failed', false], array_slice($seen, 1), 'runs, crashes, failures, state');
        expect(str_starts_with($seen[0], 'worker "w" has given up: 4 attempts'), "message: $seen[0]");
        $end($fpm, ['exited on signal 11' => 2, 'exited on signal 9' => 2, 'exited with code 0' => 4]);
    },

    'leaders recycled by pm.max_requests hand over: no crash, no lost response, nothing goes back' => function (Scratch $scratch) use ($start, $end, $events) {
        $fpm = $start($scratch, ['w' => COUNTS], ['pm.max_requests = 12']);
        $scratch->file('index.php', '<?php echo json_encode([BgWorkers\get_vars("w")["n"], BgWorkers\status()["w"]["version"]]);');
        $last = 0;
        for ($i = 0; $i < 240; ++$i) {
            [, $version] = json_decode($fpm->get('index.php'), true);
            expect($version >= $last, "version $last and then $version");
            $last = $version;
        }
        $status = asking_fpm($scratch)->status();
        $led = count(array_unique(array_column(runs_of($scratch), 0)));
        expect_same([0, 0, count(runs_of($scratch))], [$status['crashes'], $status['consecutive_failures'], $status['runs']], 'crashes, failures, runs');
        expect($led > 2 && $status['took_over'] >= $led - 1, "leaders, one after the other: $led, and $status[took_over] takeovers");
        expect(count($events($scratch, 'handed_over')) >= $led - 1 && $events($scratch, 'took_over') === [], 'lines about it');
        expect_same(0, $fpm->quit(), 'exit of php-fpm');
        expect_same(['exited with code 0'], array_keys($fpm->ends()), 'ends of children');
    },

    'the last child of an ondemand pool leaves the snapshot to the next, which reads it at once and leads' => function (Scratch $scratch) use ($start, $end) {
        $fpm = $start($scratch, ['w' => NOTE_RUN . <<<'PHP'
            while (count(file(__DIR__ . '/runs-w')) > 1 && !is_file(__DIR__ . '/go')) { if (BgWorkers\should_stop(0.01)) { return; } clearstatcache(); }
            BgWorkers\set_vars(['run' => count(file(__DIR__ . '/runs-w')), 'pid' => getmypid()]);
            live();
            PHP], ['pm = ondemand', 'pm.process_idle_timeout = 1s']);
        $ask = asking_fpm($scratch);
        ['run' => $run, 'pid' => $first] = $ask->one('return BgWorkers\get_vars("w");');
        expect_same(1, $run, 'run');
        await('no child', fn () => $fpm->process->children() === [], 8);
        [$pid, $vars, $status] = $ask->one('return [getmypid(), BgWorkers\get_vars("w", 0), BgWorkers\status()["w"]];');
        expect($pid !== $first, 'another child');
        expect_same(['run' => 1, 'pid' => $first], $vars, 'what it reads at once');
        expect_same([true, 1, 0], [$status['ready'], $status['version'], $status['crashes']], 'status');
        touch($scratch->file('go'));
        $vars = await('the next run', fn () => ($vars = $ask->one('return BgWorkers\get_vars("w", 0) + BgWorkers\status()["w"];'))['run'] === 2 ? $vars : null);
        expect_same([$vars['leader'], 2, 0, 2, 1], [$vars['pid'], $vars['runs'], $vars['crashes'], $vars['version'], $vars['took_over']], 'leader, runs, crashes, version, takeovers');
        expect_same(0, $fpm->quit(), 'exit of php-fpm');
        expect_same(['exited with code 0'], array_keys($fpm->ends()), 'ends of children');
    },

    'reloads under load begin with new memory, and leave nothing behind in the master' => function (Scratch $scratch) use ($start) {
        $fpm = $start($scratch, ['w' => COUNTS]);
        $ask = asking_fpm($scratch);
        $leaders = [$ask->one('return BgWorkers\get_vars("w")["pid"];')];
        $open = fn () => count(scandir("/proc/{$fpm->process->pid}/fd"));
        for ($i = 1; $i <= 4; ++$i) {
            $fpm->process->signal(SIGUSR2);
            $leaders[] = await('a new leader', function () use ($ask, $leaders) {
                $seen = $ask->one('$v = BgWorkers\get_vars("w"); $s = BgWorkers\status()["w"]; return [$v["pid"], $s["leader"], $s["took_over"], $s["crashes"], $s["runs"]];');
                return is_array($seen) && !in_array($seen[0], $leaders, true) && array_slice($seen, 1) === [$seen[0], 0, 0, 1] ? $seen[0] : null;
            });
            expect_one($ask->each(4, 'return BgWorkers\get_vars("w")["pid"];'), 4, "worker after reload $i");
            $descriptors ??= $open();
        }
        expect_same($descriptors, $open(), 'descriptors of the master');
        expect_same($leaders, array_column(runs_of($scratch), 0), 'runs');
        expect_same(0, $fpm->quit(), 'exit of php-fpm');
        expect(!str_contains(json_encode($fpm->ends()), 'signal'), 'no child ended by a signal: ' . json_encode($fpm->ends()));
    },

    'a leader that is stopped hangs: it is told, readers go on, nobody takes over, and it goes on when it may' => function (Scratch $scratch) use ($start, $end, $events) {
        $fpm = $start($scratch, ['w' => COUNTS]);
        $ask = asking_fpm($scratch);
        $leader = $ask->one('return BgWorkers\get_vars("w")["pid"];');
        $ask->each(4, 'BgWorkers\get_vars("w");');
        posix_kill($leader, SIGSTOP);
        try {
            $start = microtime(true);
            $hung = expect_one($ask->each(3, <<<'PHP'
                $slowest = 0;
                for ($end = microtime(true) + 5; BgWorkers\status()['w']['state'] !== 'hung' && microtime(true) < $end; usleep(20000)) {
                    $start = microtime(true);
                    $n = BgWorkers\get_vars('w', 0)['n'];
                    $slowest = max($slowest, microtime(true) - $start);
                }
                ['state' => $state, 'leader' => $leader, 'took_over' => $took_over, 'ready' => $ready, 'crashes' => $crashes] = BgWorkers\status()['w'];
                return [$state, $leader, $took_over, $ready, $crashes, $slowest < 0.5];
                PHP), 3, 'status');
            expect_same(['hung', $leader, 0, true, 0, true], $hung, 'state, leader, takeovers, ready, crashes, reads that wait for nobody');
            expect(microtime(true) - $start > 1, 'not told at once');
            await('line about it', fn () => $events($scratch, 'hung'), 3);
            expect(str_contains($ask->one('return BgWorkers\metrics();'), 'bgworkers_worker_state{worker="w",bgworkers_worker_state="hung"} 1'), 'the state in metrics');
        } finally {
            posix_kill($leader, SIGCONT);
        }
        await('it runs again', fn () => $ask->status()['state'] === 'running', 3);
        $n = $ask->one('return BgWorkers\get_vars("w")["n"];');
        await('it publishes again', fn () => $ask->one('return BgWorkers\get_vars("w")["n"];') > $n);
        ['leader' => $now, 'took_over' => $took_over, 'runs' => $runs] = $ask->status();
        expect_same([$leader, 0, 1], [$now, $took_over, $runs], 'leader, takeovers and runs after all');
        expect_same(1, count($events($scratch, 'hung')), 'lines about it');
        $end($fpm, ['exited with code 0' => 4]);
    },

    'pools of two users have nothing of each other, and pools of one user do not share a worker' => function (Scratch $scratch) use ($config, $end, $memory_of) {
        if (posix_getuid() !== 0) {
            throw new Skipped('only root may change users');
        }
        chmod($scratch->dir, 0777);
        chmod($scratch->file('php.log', ''), 0666);
        $line = $config($scratch, ['w' => NOTE_RUN . 'BgWorkers\set_vars([getmypid(), posix_getuid(), function_exists("strrev")]); live();']);
        $first = ['user = www-data', 'group = www-data', $line];
        touch($scratch->file('runs-w'));
        chmod($scratch->file('runs-w'), 0666);
        $fpm = new Fpm($scratch, $first, more_pools: ['second' => [...$first, 'php_admin_value[disable_functions] = strrev'],
            'other' => ['user = nobody', 'group = nogroup', $line]]);
        $uids = ['www' => 33, 'second' => 33, 'other' => 65534];
        foreach ($uids as $pool => $uid) {
            $uids[$pool] = posix_getpwnam($pool === 'other' ? 'nobody' : 'www-data')['uid'];
        }
        $memory = $workers = [];
        foreach ($uids as $pool => $uid) {
            $answers = asking_fpm($scratch, $pool)->each(2, 'return [...BgWorkers\get_vars("w"), BgWorkers\status()["w"]["leader"]];');
            [$worker, $as, $has, $leader] = expect_one($answers, 2, "worker of pool $pool");
            expect_same([$uid, $pool !== 'second', true], [$as, $has, array_key_exists($leader, $answers) && $leader === $worker], "user, functions and process of the worker of $pool");
            $workers[] = $worker;
            foreach (array_keys($answers) as $pid) {
                [$maps, $open] = $memory_of($pid);
                expect_same(1, count($maps), "memory that process $pid of pool $pool maps");
                expect(array_diff($open, $maps) === [], "descriptors of process $pid of pool $pool lead to its own memory alone: " . json_encode([$open, $maps]));
                $memory[$pool][] = $maps[0];
            }
        }
        expect_same(3, count(array_unique($workers)), 'workers');
        expect_same(3, count(runs_of($scratch)), 'runs');
        expect_same([1, 2], [count(array_unique([...$memory['www'], ...$memory['second']])), count(array_unique(array_merge(...array_values($memory))))], 'files of one user, and of both');
        $end($fpm, ['exited with code 0' => 6]);
    },

    'under chroot, as another user and after preloading it is the same' => function (Scratch $scratch) use ($config, $end) {
        if (posix_getuid() !== 0) {
            throw new Skipped('only root may change the root directory');
        }
        foreach (['', 'nobody', 'root'] as $preload_user) {
            $sub = new Scratch();
            try {
                foreach (['jail', 'jail/logs'] as $folder) {
                    mkdir("$sub->dir/$folder");
                }
                chmod("$sub->dir/jail/logs", 0777);
                chmod($sub->dir, 0755);
                $config($sub, ['w' => 'BgWorkers\set_vars([posix_getuid(), getmypid(), BgWorkers\status()["w"]["leader"], function_exists("preloaded")]); live();'], 'jail/workers.ini');
                $sub->file('jail/index.php', '<?php $v = BgWorkers\get_vars("w"); touch("/logs/" . getmypid()); for ($i = 0; $i < 2000 && count(scandir("/logs")) < 5; ++$i) { usleep(1000); } echo json_encode([...$v, BgWorkers\status()["w"]["runs"]]);');
                $preload = $sub->file('preload.php', '<?php function preloaded() { } try { BgWorkers\get_vars("w", 0); } catch (RuntimeException $e) { touch(__DIR__ . "/refused"); }');
                chmod($sub->dir, $preload_user === '' ? 0755 : 0777);
                $fpm = new Fpm($sub, ['user = nobody', 'group = nogroup', "chroot = $sub->dir/jail", 'chdir = /', 'php_admin_value[bgworkers.config] = /workers.ini',
                    'php_admin_value[error_log] = /logs/php.log'], options: $preload_user === '' ? []
                        : ['-d', 'zend_extension=opcache', '-d', "opcache.preload=$preload", '-d', "opcache.preload_user=$preload_user"]);
                $asked = [fastcgi_ask("$sub->dir/www.sock", '/index.php'), fastcgi_ask("$sub->dir/www.sock", '/index.php')];
                [[$uid, $pid, $leader, $preloaded, $runs], $same] = array_map(fn ($connection) => json_decode(fastcgi_answer($connection), true), $asked);
                expect_same([posix_getpwnam('nobody')['uid'], $pid, $pid, $preload_user !== '', 1], $same, "what both children see, preloaded as \"$preload_user\"");
                expect($leader === $pid && file_exists("$sub->dir/jail/logs/$pid") && count(glob("$sub->dir/jail/logs/[0-9]*")) === 2, 'two children, of which one leads');
                expect_same($preload_user !== '', file_exists("$sub->dir/refused"), 'a preload script was refused');
                $end($fpm, ['exited with code 0' => 2]);
            } finally {
                $sub->clean();
            }
        }
    },

    'an edited workers file is another scope for new children; old ones keep theirs' => function (Scratch $scratch) use ($start, $end) {
        $worker = fn (string $release) => ['w' => ['args[]' => $release, 'shared' => 1, 'code' => NOTE_RUN . 'BgWorkers\set_vars([$argv[2], getmypid()]); live();']];
        $fpm = $start($scratch, $worker('old'), ['pm.max_children = 3']);
        $ask = asking_fpm($scratch);
        [, $leader] = expect_one($ask->each(3, 'return BgWorkers\get_vars("w");'), 3, 'worker');
        $scratch->workers($worker('new'));
        $others = array_values(array_diff($fpm->process->children(), [$leader]));
        posix_kill($others[0], SIGKILL);
        $seen = await('three children', fn () => count($seen = $ask->each(3, 'return [...BgWorkers\get_vars("w"), BgWorkers\status()["w"]["leader"]];')) === 3 ? $seen : null);
        foreach ($seen as $pid => $vars) {
            expect_same(in_array($pid, [$leader, $others[1]], true) ? ['old', $leader, $leader] : ['new', $pid, $pid], $vars, "what process $pid reads");
        }
        expect_same(2, count(runs_of($scratch)), 'runs');
        $end($fpm, ['exited on signal 9' => 1, 'exited with code 0' => 3]);
    },

    'when shared memory is full set_vars() throws with sizes, readers keep what they had, and what fits goes on' => function (Scratch $scratch) use ($start, $end) {
        $fpm = $start($scratch, ['w' => <<<'PHP'
            $said = [];
            BgWorkers\set_vars(['step' => 'fits', 'data' => str_repeat('a', 2_000_000), 'said' => $said]);
            touch(__DIR__ . '/first');
            while (!is_file(__DIR__ . '/go')) { if (BgWorkers\should_stop(0.01)) { return; } clearstatcache(); }
            foreach ([40_000_000, 9_000_000] as $bytes) {
                try { BgWorkers\set_vars(['step' => 'too large', 'data' => str_repeat('b', $bytes)]); $said[] = 'nothing'; } catch (Throwable $error) { $said[] = get_class($error) . ': ' . $error->getMessage(); }
            }
            touch(__DIR__ . '/refused');
            while (!is_file(__DIR__ . '/go-on')) { if (BgWorkers\should_stop(0.01)) { return; } clearstatcache(); }
            for ($i = 0; !BgWorkers\should_stop(0.001); $i = min(50, $i + 1)) { BgWorkers\set_vars(['step' => $i, 'data' => str_repeat('c', 500_000 + $i), 'said' => $said]); }
            PHP], options: ['-d', 'bgworkers.shared_memory=8M']);
        $ask = asking_fpm($scratch);
        $read = 'return array_slice($v = BgWorkers\get_vars("w"), 0, 1) + [md5($v["data"]), BgWorkers\status()["w"]["version"]];';
        $first = expect_one($ask->each(4, $read), 4, 'snapshot that fits');
        touch($scratch->file('go'));
        await('a refusal', fn () => file_exists($scratch->file('refused')));
        expect_same($first, expect_one($ask->each(4, $read), 4, 'snapshot after the refusals'), 'what readers kept');
        touch($scratch->file('go-on'));
        $said = await('the last snapshot', fn () => ($vars = $ask->one('$v = BgWorkers\get_vars("w"); unset($v["data"]); return $v;'))['step'] === 50 ? $vars['said'] : null);
        expect_same(2, count($said), 'refusals');
        foreach ($said as $i => $message) {
            expect(preg_match('/^(RuntimeException|ValueError): .*\d+.*\d+/', $message) === 1 && str_contains($message, 'bgworkers.shared_memory'), "a refusal with sizes and what to do: $message");
        }
        expect_same(['runs' => 1, 'crashes' => 0], array_intersect_key($ask->status(), ['runs' => 0, 'crashes' => 0]), 'runs and crashes');
        $end($fpm, ['exited with code 0' => 4]);
    },

    'a shared job runs once for the whole pool, and goes on after the leader was killed' => function (Scratch $scratch) use ($start, $end, $events, $kill_leader) {
        $fpm = $start($scratch, ['w' => ['every' => 0.25, 'code' => NOTE_RUN . 'BgWorkers\set_vars([microtime(true)]);']]);
        $ask = asking_fpm($scratch);
        $ask->each(4, 'return BgWorkers\status()["w"];');       // needs nobody to read it
        await('three runs', fn () => count(runs_of($scratch)) >= 3);
        expect_same(1, count(array_unique(array_column(runs_of($scratch), 0))), 'processes that ran it');
        $next = expect_one($ask->each(4, '$s = BgWorkers\status()["w"]; return [$s["leader"], $s["shared"], $s["crashes"]];'), 4, 'status');
        [$killed, $leader] = $kill_leader($ask);
        expect_same([$killed, true, 0], $next, 'leader, shared, crashes');
        $before = count(runs_of($scratch));
        await('further runs', fn () => count(array_keys(array_column(runs_of($scratch), 0), $leader)) >= 3);
        $turns = array_map(fn ($run) => (int) floor($run[1] * 4), runs_of($scratch));
        expect_same(array_values(array_unique($turns)), $turns, 'one run a turn');
        expect_same([$killed, $leader], array_values(array_unique(array_column(runs_of($scratch), 0))), 'processes that ran it');
        expect_same([], $events($scratch, 'job_in_each_process'), 'lines about jobs in each process');
        $end($fpm, ['exited on signal 9' => 1, 'exited with code 0' => 4]);
    },

    'restart() from any child restarts the one worker' => function (Scratch $scratch) use ($start, $end, $events) {
        $fpm = $start($scratch, ['w' => NOTE_RUN . 'BgWorkers\set_vars([count(file(__DIR__ . "/runs-w"))]); live();', 'never' => 'live();']);
        $ask = asking_fpm($scratch);
        $ask->each(4, 'BgWorkers\get_vars("w");');
        $leader = $ask->leader();
        $said = $ask->each(4, "return getmypid() === $leader ? 'leads' : [@mkdir(__DIR__ . '/once') ? BgWorkers\\restart('w') : 'another did', BgWorkers\\restart('never')];");
        expect_same('leads', $said[$leader], 'the leader');
        unset($said[$leader]);
        sort($said);
        expect_same([['another did', false], ['another did', false], [true, false]], [$said[0], $said[1], $said[2]], 'what restart() returned');
        await('another run in all children', fn () => array_unique(array_merge(...array_values($ask->each(4, 'return BgWorkers\get_vars("w");')))) === [2]);
        usleep(200000);
        expect_same([[$leader, $leader], 1], [array_column(runs_of($scratch), 0), count($events($scratch, 'restart'))], 'runs, and lines about restarts');
        $status = $ask->status();
        expect_same([0, 2, 'running'], [$status['crashes'], $status['runs'], $status['state']], 'crashes, runs, state');
        $end($fpm, ['exited with code 0' => 4]);
    },

    'whoever waits in any child hears of a time-out, a failure and its cause' => function (Scratch $scratch) use ($start, $end) {
        $fpm = $start($scratch, ['w' => 'BgWorkers\set_vars([]); live();', 'silent' => 'live();',
            'fails' => ['max_consecutive_failures' => 2, 'code' => NOTE_RUN . 'throw new LogicException("no database");'],
            'dies' => ['max_consecutive_failures' => -1, 'code' => 'no_such_function();'], 'exits' => ['max_consecutive_failures' => -1, 'code' => 'exit(7);']]);
        $ask = asking_fpm($scratch);
        $ask->one('BgWorkers\get_vars("w");');
        $given_up = expect_one($ask->each(4, 'return said(fn () => BgWorkers\get_vars("fails", 10));'), 4, 'message about a worker that fails');
        expect_same('BgWorkers\WorkerException: worker "fails" has given up: 2 attempts, last exit status 255, last error: LogicException: no database in '
            . "$scratch->dir/workers-fails.php:3", $given_up, 'message');
        expect_same(2, count(runs_of($scratch, 'fails')), 'runs');
        foreach (['dies' => '255, last error: Error: Call to undefined function no_such_function\(\) in .*/workers-dies\.php:3', 'exits' => '7'] as $name => $cause) {
            foreach ($ask->each(4, "return said(fn () => BgWorkers\\get_vars('$name', 0.6));") as $pid => $said) {
                expect(preg_match("~^BgWorkers\\\\TimeoutException: worker \"$name\" is not ready after 0\.6 s: \d+ attempts?, last exit status $cause~", $said) === 1, "what process $pid is told: $said");
            }
        }
        $times = $ask->each(4, <<<'PHP'
            foreach ([0, 0.4] as $timeout) {
                $start = microtime(true);
                try { BgWorkers\get_vars(['w', 'silent'], $timeout); } catch (BgWorkers\TimeoutException $error) { $said[] = $error->getMessage(); }
                $took[] = microtime(true) - $start;
            }
            return [$said, $took[0] < 0.3, $took[1] >= 0.4 && $took[1] < 2];
            PHP);
        foreach ($times as $pid => [$said, $at_once, $in_time]) {
            expect($at_once && $in_time && str_starts_with($said[1], 'worker "silent" is not ready after 0.4 s: 1 attempt'), "time-outs of process $pid: " . json_encode($times[$pid]));
        }
        $said = expect_one($ask->each(4, 'return said(fn () => BgWorkers\send_task("w", []));'), 4, 'message about a task');
        expect(str_starts_with((string) $said, 'RuntimeException: ') && str_contains($said, 'a shared worker takes no tasks'), "a refused task: $said");
        expect_same(7, expect_one($ask->each(4, 'return BgWorkers\status()["exits"]["last_exit_status"];'), 4, 'last exit status'), 'last exit status');
        $end($fpm, ['exited with code 0' => 4]);
    },

    'enums, lists of names and circles are as in one process' => function (Scratch $scratch) use ($start, $end) {
        $scratch->file('suit.php', '<?php enum Suit: string { case Hearts = "h"; case Spades = "s"; }');
        $read = fn (string $names) => "try { \$said = array_keys(BgWorkers\\get_vars($names, 10)); } catch (Exception \$error) { \$said = \$error->getMessage(); } BgWorkers\\set_vars([\$said]); live();";
        $fpm = $start($scratch, ['w' => 'require __DIR__ . "/suit.php"; BgWorkers\set_vars(["suit" => Suit::Hearts, "deep" => [["of" => Suit::Spades]], "plain" => [1]]); live();',
            '7' => 'BgWorkers\set_vars(["seven"]); live();', 'self' => $read('"self"'), 'a' => $read('"b"'), 'b' => $read('["7", "a"]'), 'reads' => $read('["w", "7"]'),
            'alone' => ['shared' => 0, 'code' => 'BgWorkers\set_vars([getmypid()]); live();'],
            'own' => 'BgWorkers\set_vars([BgWorkers\get_vars("alone")[0] === getmypid()]); live();']);
        $ask = asking_fpm($scratch);
        $said = expect_one($ask->each(4, 'return said(fn () => BgWorkers\get_vars("w"));'), 4, 'message about an enum that is not known');
        expect(is_string($said) && str_starts_with($said, 'LogicException: ') && str_contains($said, 'Suit'), 'an enum that is not known: ' . json_encode($said));
        expect_same([true, true], expect_one($ask->each(4, 'require __DIR__ . "/suit.php"; $v = BgWorkers\get_vars("w"); return [$v["suit"] === Suit::Hearts && $v["deep"][0]["of"] === Suit::Spades, $v === BgWorkers\get_vars("w")];'), 4, 'enums'), 'enums');
        expect_same([[7, 'w'], ['seven'], ['w']], expect_one($ask->each(4, 'require __DIR__ . "/suit.php"; $v = BgWorkers\get_vars(["7", "w", "7"]); return [array_keys($v), $v[7], array_keys(BgWorkers\get_vars(["w"]))];'), 4, 'list'), 'lists of names');
        $said = expect_one($ask->each(4, 'return array_map(fn ($v) => $v[0], BgWorkers\get_vars(["self", "a", "b", "reads", "own"]));'), 4, 'what workers read');
        expect_same(['waiting would close a circle: self waits for self', true], [$said['self'], $said['own']], 'a worker for itself; a worker of its own process');
        $circles = array_filter([$said['a'], $said['b']], fn ($text) => is_string($text) && str_starts_with($text, 'waiting would close a circle: '));
        expect_same(1, count($circles), 'refusals of a circle of two: ' . json_encode($said));
        expect(is_string($said['reads']) && str_contains($said['reads'], 'Suit'), 'an enum that a worker does not know: ' . json_encode($said['reads']));
        $alone = $ask->each(4, 'return BgWorkers\get_vars("alone")[0] === getmypid();');
        expect_same(4, count(array_filter($alone)), 'workers that are not shared, beside those that are');
        $end($fpm, ['exited with code 0' => 4]);
    },

    'a fork reads on what it had, after its parent has let go and others were published' => function (Scratch $scratch) use ($start, $end) {
        $fpm = $start($scratch, ['w' => <<<'PHP'
            for ($n = 1; ; ++$n) {
                BgWorkers\set_vars(['n' => $n, 'data' => array_fill(0, 20000, "row $n")]);
                while (!is_file(__DIR__ . '/go')) { if (BgWorkers\should_stop(0.01)) { return; } clearstatcache(); }
                if (BgWorkers\should_stop(0.01)) { return; }
            }
            PHP]);
        $ask = asking_fpm($scratch);
        $said = $ask->one(<<<'PHP'
            $vars = BgWorkers\get_vars('w');
            $child = pcntl_fork();
            if ($child === 0) {
                while (!is_file(__DIR__ . '/read')) { usleep(1000); clearstatcache(); }
                try { $again = BgWorkers\get_vars('w'); $again = [$again['n'], count(array_keys($again['data'], "row $again[n]", true))]; } catch (Throwable $error) { $again = $error->getMessage(); }
                file_put_contents(__DIR__ . '/fork.new', json_encode([$vars['n'], count(array_keys($vars['data'], 'row 1', true)), $again]));
                rename(__DIR__ . '/fork.new', __DIR__ . '/fork');
                posix_kill(getmypid(), SIGKILL);        // its end must not look like that of a child of php-fpm
                sleep(10);
            }
            return $child;
            PHP);
        expect(is_int($said), 'a fork: ' . json_encode($said));
        touch($scratch->file('go'));
        await('many versions in all children', fn () => count(array_filter($ask->each(4, 'return BgWorkers\get_vars("w")["n"] > 30;'))) === 4);
        touch($scratch->file('read'));
        [$n, $rows, $again] = json_decode(await('what the fork read', fn () => @file_get_contents($scratch->file('fork'))), true);
        expect_same([1, 20000], [$n, $rows], 'what it had before the fork');
        expect(is_array($again) && $again[0] >= 1 && $again[1] === 20000, 'a whole snapshot that it reads after it: ' . json_encode($again));
        expect_same(20000, $ask->one('$v = BgWorkers\get_vars("w"); return count(array_keys($v["data"], "row $v[n]", true));'), 'rows of the newest');
        $end($fpm, ['exited with code 0' => 4]);
    },

    'shared = 1 with bgworkers.shared_memory = 0 is told, and where memory cannot be had each child has its own' => function (Scratch $scratch) use ($start, $end, $events) {
        foreach (['off' => ['bgworkers.shared_memory=0'], 'no addresses' => []] as $what => $settings) {
            $sub = new Scratch();
            try {
                $limit = $what === 'no addresses' ? ['prlimit', '--as=' . (600 << 20)] : [];
                if ($limit && !is_executable('/usr/bin/prlimit')) {
                    continue;
                }
                $fpm = new Fpm($sub, ['php_admin_value[bgworkers.config] = ' . $sub->workers(['w' => ['shared' => 1, 'code' => 'BgWorkers\set_vars([getmypid()]); live();']])],
                    options: array_merge(...array_map(fn ($setting) => ['-d', $setting], [...$settings, ...$limit ? ['bgworkers.shared_memory=8G'] : []])), before: $limit);
                $said = asking_fpm($sub)->each(2, 'return said(fn () => [BgWorkers\get_vars("w")[0] === getmypid(), BgWorkers\status()["w"]["leader"], BgWorkers\status()["w"]["took_over"]]);');
                $log = $sub->read('php.log') . $sub->read('fpm.log');
                if ($limit) {
                    expect_same([true, null, 0], expect_one($said, 2, 'worker'), 'a worker of its own in each child');
                    expect_same(2, substr_count($log, 'event=shared_unavailable'), 'warnings, one a process');
                } else {
                    $message = expect_one($said, 2, 'mistake');
                    expect(str_starts_with($message, "RuntimeException: $sub->dir/workers.ini:3: shared") && str_contains($message, 'bgworkers.shared_memory'), "the mistake: $message");
                }
                $end($fpm, ['exited with code 0' => 2]);
            } finally {
                $sub->clean();
            }
        }
    },

    'memory stays flat over many publications' => function (Scratch $scratch) use ($start, $end, $all) {
        $fpm = $start($scratch, ['w' => 'for ($n = 1; !BgWorkers\should_stop($n % 50 ? 0 : 0.001); ++$n) { BgWorkers\set_vars(["n" => $n, "rows" => array_fill(0, 1000 + $n % 100, "row $n")]); }']);
        $ask = asking_fpm($scratch);
        $pss = fn () => array_sum($ask->each(4, 'BgWorkers\get_vars("w"); preg_match("/^Pss:\s+(\d+)/m", file_get_contents("/proc/self/smaps_rollup"), $m); return (int) $m[1];'));
        $until = fn (int $n) => await("publication $n", fn () => $ask->one('return BgWorkers\get_vars("w")["n"];') >= $n, 120);
        $until(1000);
        $before = $pss();
        $until($all ? 100000 : 6000);
        $after = $pss();
        expect($after < $before * 1.1 + 2000, "memory of all children, $before KB and then $after KB");
        $end($fpm, ['exited with code 0' => 4]);
    },

    'a dynamic pool that grows and shrinks costs one takeover' => function (Scratch $scratch) use ($start, $end, $all) {
        $all || throw new Skipped('a long one: --all');
        $fpm = $start($scratch, ['w' => COUNTS], ['pm = dynamic', 'pm.max_children = 50', 'pm.start_servers = 5', 'pm.min_spare_servers = 2', 'pm.max_spare_servers = 5', 'pm.max_spawn_rate = 32']);
        $ask = asking_fpm($scratch);
        $leader = $ask->one('return BgWorkers\get_vars("w")["pid"];');
        expect_one($ask->each(50, 'return BgWorkers\get_vars("w")["pid"];'), 50, 'worker');
        expect_same([$leader, 0], array_values(array_intersect_key($ask->status(), ['leader' => 0, 'took_over' => 0])), 'leader and takeovers of a pool that has grown');
        $last = 0;
        await('a pool that has shrunk', function () use ($ask, $fpm, &$last) {
            $version = $ask->status()['version'];
            expect($version >= $last, 'versions that go on');
            $last = $version;
            usleep(200000);
            return count($fpm->process->children()) <= 6;
        }, 90);
        $status = $ask->status();
        expect($status['took_over'] <= 1 && $status['crashes'] === 0, 'one takeover at most, no crash: ' . json_encode($status));
        expect_same(0, $fpm->quit(), 'exit of php-fpm');
        expect_same(['exited with code 0'], array_keys($fpm->ends()), 'ends of children');
    },

    'a child killed each second for a minute under load: no wrong response, and none lost but of the killed' => function (Scratch $scratch) use ($start, $all) {
        $all || throw new Skipped('a long one: --all');
        $fpm = $start($scratch, ['w' => ['max_consecutive_failures' => -1, 'code' => COUNTS]], ['pm.max_children = 8']);
        $scratch->file('index.php', '<?php $v = BgWorkers\get_vars("w"); usleep(2000); echo json_encode([getmypid(), BgWorkers\status()["w"]["version"], array_unique($v["again"]) === ["n $v[n]"]]);');
        $ask = asking_fpm($scratch);
        $ask->one('BgWorkers\get_vars("w");');
        $killed = $lost = $answers = $last = 0;
        for ($end = microtime(true) + 60, $next = 0; microtime(true) < $end;) {
            $asked = array_map(fn () => $fpm->ask('index.php'), range(1, 8));
            if (microtime(true) > $next) {
                $children = $fpm->process->children();
                posix_kill($killed % 2 ? $children[array_rand($children)] : ($ask->leader() ?? $children[0]), SIGKILL);
                ++$killed;
                $next = microtime(true) + 1;
            }
            foreach ($asked as $connection) {
                try {
                    [, $version, $whole] = json_decode($body = fastcgi_answer($connection), true) ?? throw new Exception("answer $body");
                    expect($whole, 'whole snapshots');
                    $last = max($last, $version);
                    ++$answers;
                } catch (RuntimeException) {
                    ++$lost;
                }
            }
        }
        expect($lost <= $killed, "$lost responses of " . ($answers + $lost) . " lost by $killed kills");
        expect($last > 500 && $answers > 2000, "versions $last, answers $answers");
        expect_same(0, $fpm->quit(), 'exit of php-fpm');
        expect_same([], array_diff(array_keys($fpm->ends()), ['exited with code 0', 'exited on signal 9']), 'ends of children');
    },
];
