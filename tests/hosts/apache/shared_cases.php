<?php
// One worker for all children of Apache: `shared = 1`.

require_once __DIR__ . '/../asking.php';

$three = ['ThreadsPerChild 4', 'ServerLimit 3', 'StartServers 3', 'MaxRequestWorkers 12', 'MaxSpareThreads 12'];
$all_busy = 'AH10159';      // what Apache says of that when it is so for a while
$start = fn (Scratch $scratch, array $lines) =>
    Apache::with($scratch, ['w' => ['shared' => 1, 'code' => COUNTS]], lines: $lines);
/** In three children of four threads each, and the same in all. */
$all = fn (Asking $ask, string $code, string $what) => expect_one($ask->each(3, $code, 12), 3, $what);

return [
    'one worker serves all children, and a killed one is succeeded while readers go on' => function (Scratch $scratch)
        use ($start, $all, $three, $all_busy) {
        $apache = $start($scratch, $three);
        $ask = asking_http($scratch, $apache);
        $leader = $all($ask, 'return BgWorkers\get_vars("w")["pid"];', 'process of the worker');
        $status = $all($ask, '$s = BgWorkers\status()["w"];
            return [$s["leader"], $s["shared"], $s["took_over"], $s["runs"], $s["crashes"], $s["state"]];', 'status');
        expect_same([$leader, true, 0, 1, 0, 'running'], $status, 'leader, shared, takeovers, runs, crashes, state');
        $last = $ask->status()['version'];
        posix_kill($leader, SIGKILL);
        $next = await('another leader', function () use ($ask, $leader, &$last) {
            $seen = $ask->one('$start = microtime(true); $vars = BgWorkers\get_vars("w", 0);
                return [BgWorkers\status()["w"]["version"], microtime(true) - $start < 0.5, $vars["pid"]];');
            if ($seen === null) {
                return false;       // the killed one had it in hand
            }
            expect($seen[0] >= $last && $seen[1], 'reads at once that never go back: ' . json_encode([$last, $seen]));
            $last = $seen[0];
            return $seen[2] !== $leader ? $seen[2] : false;
        }, 5);
        $status = $ask->status();
        expect_same([$next, 1, 1], [$status['leader'], $status['took_over'], $status['crashes']],
            'leader, takeovers, crashes');
        expect_same([$leader, $next], array_column(runs_of($scratch), 0), 'processes of the runs');
        $apache->end($all_busy, 'AH00052: child pid \d+ exit signal Killed',
            'event=exited .*the process that ran it has died');
    },

    'each graceful restart begins with a worker of its own, and the parent keeps nothing' => function (Scratch $scratch)
        use ($start, $all, $three, $all_busy) {
        $apache = $start($scratch, $three);
        $ask = asking_http($scratch, $apache);
        $leaders = [$ask->one('return BgWorkers\get_vars("w")["pid"];')];
        $parent = "/proc/{$apache->process->pid}";
        $maps = fn () => substr_count(file_get_contents("$parent/maps"), 'memfd:bgworkers');
        $has = fn () => [count(scandir("$parent/fd")), $maps()];
        $before = $has();
        $restarts = getenv('BGWORKERS_ALL_TESTS') ? 100 : 5;
        for ($i = 1; $i <= $restarts; ++$i) {
            $apache->process->signal(SIGUSR1);
            $leaders[] = await('a new leader', function () use ($ask, $leaders) {
                $seen = $ask->one('$vars = BgWorkers\get_vars("w"); $s = BgWorkers\status()["w"];
                    return [$vars["pid"], $s["leader"], $s["took_over"], $s["crashes"], $s["runs"]];');
                if ($seen === null || in_array($seen[0], $leaders, true)) {
                    return null;
                }
                expect_same([$seen[0], $seen[0], 0, 0, 1], $seen, 'process, leader, takeovers, crashes, runs');
                return $seen[0];
            });
        }
        $all($ask, 'return BgWorkers\get_vars("w")["pid"];', 'process of the worker after all restarts');
        expect_same($before, $has(), 'descriptors and memory of the parent');
        // Of an old generation another one leads for a moment, when the leader is not the last to end.
        $runs = array_column(runs_of($scratch), 0);
        expect_same($leaders, array_values(array_intersect($runs, $leaders)), 'processes of the runs, among others');
        $apache->end($all_busy);
    },

    'children recycled by MaxConnectionsPerChild hand over: no crash, no lost request' => function (Scratch $scratch)
        use ($start) {
        $each = getenv('BGWORKERS_ALL_TESTS') ? 1 : 40;
        $apache = $start($scratch, ["MaxConnectionsPerChild $each", 'ThreadsPerChild 4', 'MaxRequestWorkers 16',
            'StartServers 3', 'ServerLimit 16']);        // those that end have a place, too
        $scratch->file('index.php', '<?php $vars = BgWorkers\get_vars("w");
            echo array_unique($vars["again"]) === ["n $vars[n]"] ? "whole" : "torn";');
        $answers = http_get_all($apache->address, array_fill(0, 600, '/index.php'), 12, seconds: 90);
        $bodies = array_count_values(array_map(fn ($answer) => $answer?->body ?? 'none', $answers));
        expect_same(['whole' => 600], $bodies, 'answers');
        [$status] = asking_http($scratch, $apache)->status_and_runs();
        expect_same(0, $status['crashes'], 'crashes');
        expect($status['took_over'] >= 3, "takeovers, got $status[took_over]");
        $apache->end();
    },

    'any child sees the ordinary workers of all, and none of one that is killed' => function (Scratch $scratch)
        use ($all, $three, $all_busy) {
        $apache = Apache::with($scratch, ['w' => 'BgWorkers\set_vars([getmypid()]); live();', 'idle' => 'live();'],
            lines: $three);
        $ask = asking_http($scratch, $apache);
        $pids = array_keys($ask->each(3, 'return BgWorkers\get_vars("w");', 12));
        sort($pids);
        $seen = <<<'PHP'
            foreach (BgWorkers\status(all: true) as $pid => $workers) {
                foreach ($workers as $name => $row) {
                    $seen[] = [$pid, $name, $row['state'], $row['runs'], $row['version'] > 0,
                        $row['resident_bytes'] > 1 << 20];
                }
            }
            return $seen;
            PHP;
        $rows = fn (array $pids) => array_merge(...array_map(fn ($pid) =>
            [[$pid, 'idle', 'idle', 0, false, true], [$pid, 'w', 'running', 1, true, true]], $pids));
        await('rows of three, seen by three', function () use ($ask, $seen, $rows, $pids) {
            $answers = $ask->each(3, $seen, 12);
            return count($answers) === 3 && array_filter($answers, fn ($answer) => $answer !== $rows($pids)) === [];
        });
        $metrics = $all($ask, 'preg_match_all("/^bgworkers_worker_ready\{worker=\"w\",pid=\"(\d+)\"/m",
            BgWorkers\metrics(all: true), $found); return $found[1];', 'processes in the metrics');
        expect_same($pids, array_map(intval(...), $metrics), 'processes in the metrics');

        posix_kill($pids[0], SIGKILL);
        await('the killed one is seen no more', function () use ($ask, $pids) {
            $seen = $ask->one('return array_keys(BgWorkers\status(all: true));');
            return $seen !== null && !in_array($pids[0], $seen, true)
                && array_diff(array_slice($pids, 1), $seen) === [];
        });
        $apache->end($all_busy, 'AH00052: child pid \d+ exit signal Killed');
    },
];
