<?php
// What one child sees of the workers of all: status(all: true).

require_once __DIR__ . '/SharedPool.php';

/** What one child sees: process => worker => [state, runs, crashes, has an error]. */
const SEEN = <<<'PHP'
    $look = fn ($row) => [$row['state'], $row['runs'], $row['crashes'], $row['last_error'] !== null];
    $seen = array_map(fn ($workers) => array_map($look, $workers), BgWorkers\status(all: true));
    return array_combine(array_map(fn ($pid) => "p$pid", array_keys($seen)), $seen);
    PHP;

/** The rows of workers in a child's phpinfo(), each its cells as they stand in the HTML. */
const SHOWN = <<<'PHP'
    ob_start();
    phpinfo(INFO_MODULES);
    preg_match('~<h2><a name="module_bgworkers".*?(?=<h2>)~s', ob_get_clean(), $module);
    preg_match_all('~^<tr><td.*</tr>$~m', $module[0], $rows);
    $cells = fn ($row) => preg_match_all('~<td class="[ev]">(.*?) ?</td>~', $row, $found) ? $found[1] : [];
    $shown = array_values(array_filter(array_map($cells, $rows[0]), fn ($row) => count($row) >= 9));
    PHP;

return [
    'any child sees the workers of all, and none of the dead' => function (Scratch $scratch) {
        // Ordinary workers, in each child its own; `w` fails in one of them.
        $file = $scratch->workers(['w' => <<<'PHP'
            if (is_file(__DIR__ . '/fails-' . getmypid())) { throw new Exception('the bank does not answer'); }
            BgWorkers\set_vars([getmypid()]);
            live();
            PHP, 'idle' => 'live();']);
        $fpm = new Fpm($scratch, ['pm.max_children = 4', "php_admin_value[bgworkers.config] = $file"]);
        $ask = asking_fpm($scratch);
        $pids = array_keys($ask->each(4, 'return BgWorkers\get_vars("w")[0] === getmypid();'));
        sort($pids);
        $all = array_fill_keys(array_map(fn ($pid) => "p$pid", $pids),
            ['idle' => ['idle', 0, 0, false], 'w' => ['running', 1, 0, false]]);
        await('all children, seen by all', fn () =>
            array_filter($ask->each(4, SEEN), fn ($seen) => $seen !== $all) === []);

        $facts = $ask->each(4, <<<'PHP'
            $all = BgWorkers\status(all: true);
            foreach ($all as $pid => $workers) {
                $w = $workers['w'];
                $right[] = $w['version'] > 0 && $w['bytes'] > 50 && abs($w['published_at'] - time()) < 60
                    && abs($w['since'] - time()) < 60 && $w['resident_bytes'] > 1 << 20
                    && $w['told_at'] > microtime(true) - 10 && !$w['shared'];
            }
            return [$right, array_keys($w) === array_keys($all[getmypid()]['w'])];
            PHP);
        expect_same([array_fill(0, 4, true), true], expect_one($facts, 4, 'facts'), 'facts');

        // One fails, and all hear of it. Whichever child is asked, no counter goes back.
        touch($scratch->file("fails-$pids[0]"));
        $ask->each(4, "return getmypid() === $pids[0] && BgWorkers\\restart('w');");
        $has_failed = fn (array $seen) => $seen["p$pids[0]"]['w'][2] > 0 && $seen["p$pids[0]"]['w'][3];
        await('crashes, seen by all', fn () => count(array_filter($ask->each(4, SEEN), $has_failed)) === 4);
        $last = [];
        for ($i = 0; $i < 12; ++$i) {
            $metrics = $ask->one('return BgWorkers\metrics(all: true);');
            preg_match_all('/^bgworkers_worker_crashes_total\{worker="w",pid="(\d+)"\} (\d+)/m', $metrics, $found);
            $now = array_combine($found[1], $found[2]);
            expect_same($pids, array_keys($now), 'processes in the metrics');
            foreach ($last as $pid => $crashes) {
                expect($now[$pid] >= $crashes, "a counter that goes back: $crashes, then $now[$pid]");
            }
            $last = $now;
        }
        expect($last[$pids[0]] >= 1 && $last[$pids[1]] === '0', 'crashes: ' . json_encode($last));

        // The command shows a busy child, as that has told it.
        $scratch->file('busy.php', <<<'PHP'
            <?php
            touch(__DIR__ . '/busy');
            while (!is_file(__DIR__ . '/go')) { usleep(10000); }
            PHP);
        $busy = $fpm->ask('busy.php');
        await('a busy child', fn () => is_file($scratch->file('busy')));
        $command = $scratch->start([getenv('PHP'), '-n', dirname(__DIR__, 3) . '/bin/bgworkers', 'status',
            "--fpm=$scratch->dir/www.sock"], 'command.out');
        $command->wait();
        $text = $scratch->read('command.out');
        foreach ($pids as $pid) {
            expect(preg_match("/^ *$pid  w +\w+ +\d+ /m", $text) === 1, "a row of process $pid: $text");
        }
        expect(preg_match('/^pid \d+: busy, so this is as it was \S+ s ago$/m', $text) === 1, "a remark: $text");
        touch($scratch->file('go'));
        fastcgi_answer($busy);

        // One that is killed is gone at once.
        posix_kill($pids[1], SIGKILL);
        await('a child in its place', fn () => count($now = $fpm->process->children()) === 4
            && !in_array($pids[1], $now, true));
        $seen = $ask->one('return array_keys(BgWorkers\status(all: true));');
        expect_same([], array_diff(array_diff($pids, [$pids[1]]), $seen), 'those that live and are not seen');
        expect(!in_array($pids[1], $seen, true), 'a killed one is not seen');

        // A reload has new memory: nothing of the old children is left in it.
        $old = $fpm->reload();
        $fresh = await('a new generation', function () use ($ask, $old) {
            $seen = $ask->one('BgWorkers\get_vars("w"); return [getmypid(), array_keys(BgWorkers\status(all: true))];');
            return is_array($seen) && !in_array($seen[0], $old, true) ? $seen[1] : null;
        });
        expect_same([], array_diff($fresh, $fpm->process->children()), 'processes seen that are no children');
        expect_same(0, $fpm->quit(), 'exit of php-fpm');
    },

    'phpinfo() of any child shows the workers of all, whatever their names and errors consist of' => function (
        Scratch $scratch) {
        $file = $scratch->workers(['w' => 'BgWorkers\set_vars([1]); live();', 'odd <b>' => [
            'code' => 'throw new Exception("<i>a bank & \xff\n");', 'max_consecutive_failures' => 1]]);
        $fpm = new Fpm($scratch, ["php_admin_value[bgworkers.config] = $file"]);
        $ask = asking_fpm($scratch);
        $pids = array_keys($ask->each(2, <<<'PHP'
            BgWorkers\get_vars('w');
            return said(fn () => BgWorkers\get_vars('odd <b>'));
            PHP));
        sort($pids);
        $as_status_has_it = SHOWN . <<<'PHP'
            $told = [];
            foreach (BgWorkers\status(all: true) as $pid => $workers) {
                foreach ($workers as $name => $row) {
                    $error = str_replace(["\xff", "\n"], ['?', ' '], $row['last_error'] ?? '-');
                    $told[] = array_map(fn ($cell) => htmlspecialchars((string) $cell), [$pid, $name, $row['state'],
                        $row['since'] === null ? '-' : date('Y-m-d H:i:s', (int) $row['since']), $row['runs'],
                        $row['crashes'], $error, $row['version'] ?: '-', $row['bytes'] ?: '-']);
                }
            }
            // What passes meanwhile is looked at by itself.
            $steady = fn ($row) => [...array_slice($row, 0, 8), $row[9] ?? null];
            return [array_map($steady, $shown), $told, array_column($shown, 8), array_column($shown, 10)];
            PHP;
        $answers = await('both children, seen by both', function () use ($ask, $as_status_has_it, $pids) {
            $answers = $ask->each(2, $as_status_has_it);
            $states = fn ($answer) => array_map(fn ($row) => [(int) $row[0], $row[2]], $answer[0]); // the page is older
            $expected = array_merge(...array_map(fn ($pid) => [[$pid, 'failed'], [$pid, 'running']], $pids));
            return array_filter($answers, fn ($answer) => $states($answer) !== $expected) === [] ? $answers : null;
        });
        foreach ($answers as [$shown, $told, $ages, $resident]) {
            expect_same($told, $shown, 'rows of phpinfo()');
            expect_same(2, count(preg_grep('~^Exception: &lt;i&gt;a bank &amp; \? {2}in /~', array_column($shown, 6))),
                'errors: ' . json_encode(array_column($shown, 6)));
            expect_same(4, count(preg_grep('/^(-|\d+\.\d)$/', $ages)), 'ages: ' . json_encode($ages));
            expect(min($resident) > 1 << 20, 'resident memory: ' . json_encode($resident));
        }
        expect_same(0, $fpm->quit(), 'exit of php-fpm');
    },

    'without shared memory phpinfo() shows the workers of the child that answers' => function (Scratch $scratch) {
        $file = $scratch->workers(['w' => 'BgWorkers\set_vars([1]); live();']);
        $fpm = new Fpm($scratch, ["php_admin_value[bgworkers.config] = $file"],
            options: ['-d', 'bgworkers.shared_memory=0']);
        $ask = asking_fpm($scratch);
        $ask->each(2, "return BgWorkers\\get_vars('w');");
        $shown = expect_one($ask->each(2, SHOWN . 'return $shown;'), 2, 'rows');
        expect_same([['w', 'running', 'yes', '1', '1', '0', '0', '-', '-']], $shown, 'rows');
        expect_same(0, $fpm->quit(), 'exit of php-fpm');
    },
];
