<?php
// One worker for all children of Apache: `shared = 1`.

require_once __DIR__ . '/../asking.php';
require_once __DIR__ . '/none_lost.php';

$three = ['ThreadsPerChild 4', 'ServerLimit 3', 'StartServers 3', 'MaxRequestWorkers 12', 'MaxSpareThreads 12'];
$all_busy = 'AH10159';      // what Apache says of that when it is so for a while
$start = fn (Scratch $scratch, array $lines) =>
    Apache::with($scratch, ['w' => ['shared' => 1, 'code' => COUNTS]], lines: $lines);
/** In three children of four threads each, and the same in all. */
$all = fn (Asking $ask, string $code, string $what) => expect_one($ask->each(3, $code, 12), 3, $what);
// The memory that a child reads, of which each generation has its own; who published what is there; and the status.
$look = <<<'PHP'
    $vars = BgWorkers\get_vars("w");
    $status = BgWorkers\status()["w"];
    preg_match('~ (\d+) +/memfd:bgworkers~', file_get_contents('/proc/self/maps'), $file);
    return [(int) $file[1], $vars["pid"], $status["leader"], $status["took_over"], $status["crashes"], $status["runs"]];
    PHP;
/** After the end: no process led because the one before it had died. */
$every_leader_handed_over = function (Apache $apache): void {
    $times = fn (string $event) => substr_count($apache->log(), "event=$event ");
    expect_same(0, $times('took_over'), 'leaders that followed a dead one');
    expect_same($times('leading'), $times('handed_over'), 'leaders that handed over');
};

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
        use ($start, $all, $look, $every_leader_handed_over, $three, $all_busy) {
        $apache = $start($scratch, $three);
        $ask = asking_http($scratch, $apache);
        [$memory, $leaders[]] = $ask->one($look);
        $parent = "/proc/{$apache->process->pid}";
        $maps = fn () => substr_count(file_get_contents("$parent/maps"), 'memfd:bgworkers');
        $has = fn () => [count(scandir("$parent/fd")), $maps()];
        $before = $has();
        $restarts = getenv('BGWORKERS_ALL_TESTS') ? 100 : 5;
        for ($i = 1; $i <= $restarts; ++$i) {
            $apache->process->signal(SIGUSR1);
            [$memory, $leaders[]] = await('a new generation', function () use ($ask, $look, $leaders, $memory) {
                $seen = $ask->one($look);
                if ($seen === null) {
                    return null;
                }
                [$its, $worker, $leader, $took_over, $crashes, $runs] = $seen;
                if ($its !== $memory) {
                    expect(!in_array($worker, $leaders, true), "a process that has not led yet, not $worker");
                    expect_same([$worker, 0, 0, 1], [$leader, $took_over, $crashes, $runs],
                        'leader, takeovers, crashes, runs in new memory');
                    return $seen;
                }
                // Apache tells each child by itself that it has to end. Until one hears of it, it takes requests on,
                // even such a one as has only just begun: when the leader has gone before, it leads the others.
                expect_same(0, $crashes, 'crashes in an old generation');
                expect($runs === $took_over + 1 || $runs === $took_over,        // the next run is about to begin
                    "as many runs as leaders in an old generation: $runs runs, $took_over takeovers");
                return null;
            });
        }
        $all($ask, 'return BgWorkers\get_vars("w")["pid"];', 'process of the worker after all restarts');
        expect_same($before, $has(), 'descriptors and memory of the parent');
        // Among others: those that led an old generation for a moment.
        $runs = array_column(runs_of($scratch), 0);
        expect_same($leaders, array_values(array_intersect($runs, $leaders)), 'processes of the runs, among others');
        $apache->end($all_busy);
        $every_leader_handed_over($apache);
    },

    'requests that go on over a graceful restart read on, while one of their children leads the old generation' =>
        function (Scratch $scratch) use ($start, $look, $every_leader_handed_over, $three, $all_busy) {
            $apache = $start($scratch, [...$three, 'ServerLimit 6']);      // those that end have a place, too
            $ask = asking_http($scratch, $apache);
            [$memory, $first] = $ask->one($look);
            $restart = $scratch->start(['sh', '-c', "until [ -e '$scratch->dir/in-hand' ]; do sleep 0.02; done
                kill -USR1 {$apache->process->pid}"], 'restart.out');
            // In all children; in all but the one that leads requests go on until they have seen another leader.
            $seen = $ask->each(3, <<<PHP
                \$look = function () { $look };
                touch(__DIR__ . '/in-hand');
                \$longest = 0;
                for (\$end = microtime(true) + 10; microtime(true) < \$end; usleep(1000)) {
                    \$start = microtime(true);
                    BgWorkers\\get_vars('w', 0);
                    \$longest = max(\$longest, microtime(true) - \$start);
                    \$seen = \$look();
                    if (getmypid() === $first || \$seen[1] !== $first) { break; }
                }
                touch(__DIR__ . '/done-' . getmypid());
                while (getmypid() !== $first && count(glob(__DIR__ . '/done-*')) < 3 && microtime(true) < \$end) {
                    usleep(1000);
                }
                return [\$seen, \$longest < 1];
                PHP, 12);
            expect_same(0, $restart->wait(), 'who restarts it');
            expect_same(3, count($seen), 'children that had a request');
            expect(isset($seen[$first]), "the first leader, $first, is one of them");
            $others = array_diff_key($seen, [$first => 0]);
            [[, $next]] = expect_one($others, 2, 'what the other children saw');
            expect(isset($others[$next]), "one of the others leads them, not $next");
            expect_same([[$memory, $next, $next, 1, 0, 2], true], current($others),
                'memory, worker, leader, takeovers, crashes, runs; no read that waits');
            $new = await('a new generation', function () use ($ask, $look, $memory) {
                $seen = $ask->one($look);
                return $seen !== null && $seen[0] !== $memory ? $seen : null;
            });
            expect(!isset($seen[$new[1]]), 'a new process leads the new generation');
            expect_same([$new[1], 0, 0, 1], array_slice($new, 2), 'leader, takeovers, crashes, runs in new memory');
            $apache->end($all_busy);
            $every_leader_handed_over($apache);
        },

    'children recycled by MaxConnectionsPerChild hand over: no crash, no lost request' => function (Scratch $scratch)
        use ($start) {
        // Not 1: a child whose last connection comes with its start may miss Apache's own wake-up and stay, without PHP
        // as well.
        $each = getenv('BGWORKERS_ALL_TESTS') ? 20 : 40;
        $apache = $start($scratch, ["MaxConnectionsPerChild $each", 'ThreadsPerChild 4', 'MaxRequestWorkers 16',
            'StartServers 3', 'ServerLimit 16']);        // those that end have a place, too
        $scratch->file('index.php', NOTE_REQUEST . '$vars = BgWorkers\get_vars("w");
            echo array_unique($vars["again"]) === ["n $vars[n]"] ? "whole" : "torn";');
        expect_none_lost($scratch, $apache, '/index.php', 'whole', 600);
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
