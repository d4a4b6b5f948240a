<?php
// One worker for all children of Apache: `shared = 1`.

require_once __DIR__ . '/../asking.php';

$three = ['ThreadsPerChild 4', 'ServerLimit 3', 'StartServers 3', 'MaxRequestWorkers 12', 'MinSpareThreads 12', 'MaxSpareThreads 12'];
$start = fn (Scratch $scratch, string $code, array $lines) => Apache::with($scratch, ['w' => ['shared' => 1, 'code' => $code]], lines: $lines);
/** As Asking::each(), for three children of four threads each. */
$each = fn (Asking $ask, string $code) => $ask->each(3, $code, 12);

return [
    'one worker serves all children, and a killed one is succeeded while readers go on' => function (Scratch $scratch) use ($start, $each, $three) {
        $apache = $start($scratch, COUNTS, $three);
        $ask = asking_http($scratch, $apache);
        $leader = expect_one($each($ask, 'return BgWorkers\get_vars("w")["pid"];'), 3, 'worker');
        $status = expect_one($each($ask, 'return array_intersect_key(BgWorkers\status()["w"], array_flip(["leader", "shared", "took_over", "runs", "crashes", "state"]));'), 3, 'status');
        ksort($status);
        expect_same(['crashes' => 0, 'leader' => $leader, 'runs' => 1, 'shared' => true, 'state' => 'running', 'took_over' => 0], $status, 'status');
        $last = $ask->one('return BgWorkers\status()["w"]["version"];');
        posix_kill($leader, SIGKILL);
        // A request may have been in the hands of the killed one; those of others wait for nobody.
        $next = await('another leader', function () use ($ask, $leader, &$last) {
            $seen = $ask->one('$start = microtime(true); $v = BgWorkers\get_vars("w", 0); return [BgWorkers\status()["w"]["version"], microtime(true) - $start < 0.5, $v["pid"]];');
            if ($seen === null) { return false; }
            expect($seen[0] >= $last && $seen[1], 'a read at once that never goes back: ' . json_encode([$last, $seen]));
            $last = $seen[0];
            return $seen[2] !== $leader ? $seen[2] : false;
        }, 5);
        expect_same([$next, 1, 1], array_values(array_intersect_key(array_replace(['leader' => 0, 'took_over' => 0, 'crashes' => 0], $ask->status()), ['leader' => 0, 'took_over' => 0, 'crashes' => 0])), 'leader, takeovers, crashes');
        expect_same([$leader, $next], array_column(runs_of($scratch), 0), 'runs');
        $apache->end('AH00052: child pid \d+ exit signal Killed', 'event=took_over');
    },

    'each graceful restart begins with a worker of its own, and the parent keeps nothing' => function (Scratch $scratch) use ($start, $each, $three) {
        $apache = $start($scratch, COUNTS, $three);
        $ask = asking_http($scratch, $apache);
        $leaders = [$ask->one('return BgWorkers\get_vars("w")["pid"];')];
        $open = fn () => [count(scandir("/proc/{$apache->process->pid}/fd")), substr_count(file_get_contents("/proc/{$apache->process->pid}/maps"), 'memfd:bgworkers')];
        $before = $open();
        for ($i = 1; $i <= 5; ++$i) {
            $apache->process->signal(SIGUSR1);
            $leaders[] = await('a new leader', function () use ($ask, $leaders) {
                $seen = $ask->one('$v = BgWorkers\get_vars("w"); $s = BgWorkers\status()["w"]; return [$v["pid"], $s["leader"], $s["took_over"], $s["crashes"], $s["runs"]];');
                return is_array($seen) && !in_array($seen[0], $leaders, true) ? ($seen === [$seen[0], $seen[0], 0, 0, 1] ? $seen[0] : throw new Exception(json_encode($seen))) : null;
            });
        }
        expect_one($each($ask, 'return BgWorkers\get_vars("w")["pid"];'), 3, 'worker after all restarts');
        expect_same($before, $open(), 'descriptors and memory of the parent');
        expect_same($leaders, array_column(runs_of($scratch), 0), 'runs');
        $apache->end();
    },

    'children recycled by MaxConnectionsPerChild hand over: no crash, no lost request' => function (Scratch $scratch) use ($start) {
        $apache = $start($scratch, COUNTS, ['MaxConnectionsPerChild 40', 'ThreadsPerChild 4', 'MaxRequestWorkers 16', 'StartServers 3']);
        $scratch->file('index.php', '<?php $v = BgWorkers\get_vars("w"); echo array_unique($v["again"]) === ["n $v[n]"] ? "whole" : "torn";');
        $answers = http_get_all($apache->address, array_fill(0, 1500, '/index.php'), 12, seconds: 90);
        expect_same(['whole' => 1500], array_count_values(array_map(fn ($answer) => $answer?->body ?? 'none', $answers)), 'answers');
        $status = asking_http($scratch, $apache)->status();
        expect_same([0, count(runs_of($scratch))], [$status['crashes'], $status['runs']], 'crashes and runs');
        expect($status['took_over'] >= 3, "takeovers, got $status[took_over]");
        $apache->end();
    },
];
