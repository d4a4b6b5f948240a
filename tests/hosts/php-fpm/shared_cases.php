<?php
// One worker for all children of a pool: what requests and workers see.

require_once __DIR__ . '/SharedPool.php';

return [
    'one worker serves all children, which read one copy in place' => function (Scratch $scratch) {
        $pool = new SharedPool($scratch, ['w' => NOTE_RUN . <<<'PHP'
            $rows = array_map(fn ($i) => ["row $i", $i], range(1, 50000));
            BgWorkers\set_vars(["pid" => getmypid(), "rows" => $rows]);
            live();
            PHP], settings: ['extension' => getenv('POOL_PROBE')]);
        $seen = $pool->all(<<<'PHP'
            $before = memory_get_usage();
            $vars = BgWorkers\get_vars('w');
            $sum = 0;
            foreach ($vars['rows'] as $row) { $sum += $row[1]; }
            $own = memory_get_usage() - $before;
            $mine = $vars;
            $mine['rows'][0][0] = 'changed here ' . getmypid();
            $place = probe_address($vars['rows']);
            $status = BgWorkers\status()['w'];
            $status = array_intersect_key($status, array_flip(['bytes', 'consecutive_failures', 'crashes',
                'instances', 'last_error', 'last_exit_status',
                'leader', 'ready', 'runs', 'shared', 'state', 'took_over', 'version']));
            $status['bytes'] = $status['bytes'] > 5_000_000;
            ksort($status);
            return [$place, $vars['pid'], $sum, $own < 50000, BgWorkers\get_vars('w')['rows'][0][0], $status];
            PHP, 'reading and status');
        $leader = $seen[1];
        expect_same([50000 * 50001 / 2, true, 'row 1'], array_slice($seen, 2, 3), 'what they read');
        expect_same(['bytes' => true, 'consecutive_failures' => 0, 'crashes' => 0, 'instances' => 1,
            'last_error' => null, 'last_exit_status' => null, 'leader' => $leader, 'ready' => true, 'runs' => 1,
            'shared' => true, 'state' => 'running', 'took_over' => 0, 'version' => 1], $seen[5], 'status');
        expect_same([$leader], array_column(runs_of($scratch), 0), 'runs');
        expect(in_array($leader, $pool->fpm->process->children(), true), 'a leader that is one of the children');
        expect_same(1, count($pool->events('leading')), 'lines about the leader');
        $log = file_get_contents($scratch->file('php.log'));
        expect_same(1, substr_count($log, "bgworkers[$leader]: level=notice event=leading "), 'lines with its pid');
        $metrics = $pool->one('return BgWorkers\metrics();');
        foreach (['takeovers_total' => 0, 'leader_pid' => $leader, 'ready' => 1] as $name => $value) {
            expect(preg_match("/^bgworkers_worker_$name\\{worker=\"w\"\\} $value\$/m", $metrics) === 1,
                "$name $value in metrics: $metrics");
        }
        $pool->end();
        expect_same(1, count($pool->events('exited')), 'ends of the worker');
    },

    'all children at once start a worker once, and one that does not lead has another started' => function (
        Scratch $scratch) {
        $publish = NOTE_RUN . 'BgWorkers\set_vars([getmypid()]); live();';
        $pool = new SharedPool($scratch, ['w' => 'usleep(300000);' . $publish, 'later' => $publish,
            '*' => NOTE_RUN . 'BgWorkers\set_vars([$argv[1]]); live();']);
        [$leader] = $pool->all('return BgWorkers\get_vars("w");', 'first read');
        $later = $pool->each("return getmypid() === $leader ? $leader : BgWorkers\\get_vars('later')[0];");
        expect_same($leader, expect_one($later, 4, 'process of what others have asked for'), 'that process');
        // Names of the catch-all, each asked for first in another child.
        $names = $pool->each('return BgWorkers\get_vars(["n" . getmypid(), "common"], 10);');
        foreach ($names as $pid => $vars) {
            expect_same(["n$pid" => ["n$pid"], 'common' => ['common']], $vars, "what process $pid asked for");
        }
        $names = array_map(fn ($pid) => "n$pid", array_keys($names));
        $list = json_encode($names);
        $pool->all("return BgWorkers\\get_vars($list, 0);", 'names that others have asked for first');
        foreach (['w', 'later', 'common', ...$names] as $worker) {
            expect_same([$leader], array_column(runs_of($scratch, $worker), 0), "runs of $worker");
        }
        $pool->all('$workers = BgWorkers\status(); ksort($workers);
            return array_map(fn ($w) => [$w["state"], $w["leader"], $w["version"]], $workers);', 'status');
        $pool->end();
    },

    'names of the catch-all are limited in all children together, and one that is too much is told' => function (
        Scratch $scratch) {
        $pool = new SharedPool($scratch, ['*' => ['max_threads' => 3,
            'code' => 'BgWorkers\set_vars([$argv[1]]); live();']]);
        $first = $pool->one('return BgWorkers\get_vars([str_repeat("l", 255), "b"], 10);');
        expect_same([str_repeat('l', 255), 'b'], array_column($first, 0), 'what the first two publish');
        $said = $pool->each('return said(fn () => BgWorkers\get_vars("n" . getmypid(), 10));');
        expect_same(1, count(array_filter($said, is_array(...))), 'names that had a place: ' . json_encode($said));
        foreach (array_filter($said, is_string(...)) as $pid => $message) {
            expect(str_starts_with($message, 'RuntimeException: ') && str_contains($message, "n$pid")
                && str_contains($message, '3'), "a refusal with name and limit: $message");
        }
        expect_same(3, $pool->all('return count(BgWorkers\status());', 'names'), 'names');
        $pool->end();
    },

    'all children see each version, one instance of it, and none for equal data' => function (Scratch $scratch) {
        $scratch->file('value', '1');
        $pool = new SharedPool($scratch, ['w' => <<<'PHP'
            do {
                BgWorkers\set_vars(["value" => file_get_contents(__DIR__ . "/value"), "rows" => range(1, 1000)]);
            } while (!BgWorkers\should_stop(0.002));
            PHP], settings: ['extension' => getenv('POOL_PROBE')]);
        $address = null;
        for ($value = 1; $value <= 12; ++$value) {
            $scratch->file('value.new', "$value");
            rename($scratch->file('value.new'), $scratch->file('value'));
            [$version, $place] = $pool->all("\$value = '$value';" . <<<'PHP'
                $end = microtime(true) + 5;
                do {
                    $first = BgWorkers\get_vars('w');
                } while ($first['value'] !== $value && microtime(true) < $end);
                $look = fn ($vars) => [BgWorkers\status()['w']['version'], probe_address($vars),
                    BgWorkers\status()['w']['published_at'], $vars['value']];
                $seen = $look($first);
                for ($i = 0; $i < 20; ++$i, usleep(1000)) {
                    if ($look(BgWorkers\get_vars('w')) !== $seen) { return 'another one'; }
                }
                return $seen;
                PHP, "version and place of value $value");
            expect_same($value, $version, 'version');
            expect($place !== $address, 'another place for another version');
            $address = $place;
        }
        $pool->end();
    },

    'restart() is the first thing that a child asks of a worker that another has started' => function (
        Scratch $scratch) {
        $pool = new SharedPool($scratch, ['w' => COUNTS, 'never' => 'live();', '*' => ['code' => COUNTS,
            'max_threads' => 4]], ['pm.max_children = 2']);
        $scratch->file('busy.php', '<?php BgWorkers\get_vars("w"); BgWorkers\get_vars("any"); touch(__DIR__ . "/busy");
            while (!is_file(__DIR__ . "/go")) { usleep(10000); }');
        $scratch->file('first.php',
            '<?php echo json_encode(array_map(BgWorkers\restart(...), ["w", "any", "never"]));');
        $busy = $pool->fpm->ask('busy.php');
        await('the one child is busy', fn () => is_file($scratch->file('busy')));
        expect_same('[true,true,false]', $pool->fpm->get('first.php'), 'what the other is told');
        touch($scratch->file('go'));
        fastcgi_answer($busy);
        $pool->end(['exited with code 0']);
    },

    'restart() from any child restarts the one worker' => function (Scratch $scratch) {
        $pool = new SharedPool($scratch, ['never' => 'live();',
            'w' => NOTE_RUN . 'BgWorkers\set_vars([count(file(__DIR__ . "/runs-w"))]); live();']);
        $pool->each('BgWorkers\get_vars("w");');
        $leader = $pool->ask->leader();
        $said = $pool->each("\$leader = $leader;" . <<<'PHP'
            return getmypid() === $leader ? 'leads'
                : [@mkdir(__DIR__ . '/once') ? BgWorkers\restart('w') : 'another did', BgWorkers\restart('never')];
            PHP);
        expect_same('leads', $said[$leader], 'the leader');
        unset($said[$leader]);
        $said = array_map(json_encode(...), array_values($said));
        sort($said);
        $none = '["another did",false]';
        expect_same([$none, $none, '[true,false]'], $said, 'what restart() returned');
        await('another run in all children', fn () =>
            array_unique(array_column($pool->each('return BgWorkers\get_vars("w");'), 0)) === [2]);
        usleep(200000);
        expect_same([$leader, $leader], array_column(runs_of($scratch), 0), 'runs');
        expect_same(1, count($pool->events('restart')), 'lines about restarts');
        $status = $pool->ask->status();
        $command = $scratch->start([getenv('PHP'), '-n', dirname(__DIR__, 3) . '/bin/bgworkers', 'restart', 'w',
            "--fpm=$scratch->dir/www.sock"], 'command.out');
        expect_same(0, $command->wait(), 'exit status of the command');
        expect_same("pid $leader: begins anew\n", $scratch->read('command.out'), 'what it says');
        await('a third run', fn () => count(runs_of($scratch)) === 3);
        $command = $scratch->start([getenv('PHP'), '-n', dirname(__DIR__, 3) . '/bin/bgworkers', 'status',
            "--fpm=$scratch->dir/www.sock"], 'status.out');
        expect_same(0, $command->wait(), 'exit status of the command');
        preg_match_all('/^ *(\d+)  (\S+ \(shared\))  /m', $scratch->read('status.out'), $rows);
        expect_same([[(string) $leader, (string) $leader], ['never (shared)', 'w (shared)']], [$rows[1], $rows[2]],
            'a row for each: ' . $scratch->read('status.out'));
        usleep(300000);
        expect_same(2, count($pool->events('restart')), 'lines about restarts, the command\'s among them');
        expect_same([0, 2, 'running'], [$status['crashes'], $status['runs'], $status['state']], 'crashes, runs, state');
        $pool->end();
    },

    'who waits in any child hears of a time-out, a failure and its cause' => function (Scratch $scratch) {
        $for_ever = ['max_consecutive_failures' => -1];
        $pool = new SharedPool($scratch, ['w' => 'BgWorkers\set_vars([]); live();', 'silent' => 'live();',
            'fails' => ['max_consecutive_failures' => 2,
                'code' => NOTE_RUN . 'throw new LogicException("no database");'],
            'dies' => $for_ever + ['code' => 'no_such_function();'], 'exits' => $for_ever + ['code' => 'exit(7);']]);
        $pool->one('BgWorkers\get_vars("w");');
        $said = $pool->all('return said(fn () => BgWorkers\get_vars("fails", 10));', 'message about what fails');
        expect_same('BgWorkers\WorkerException: worker "fails" has given up: 2 attempts, last exit status 255, '
            . "last error: LogicException: no database in $scratch->dir/workers-fails.php:4", $said, 'message');
        expect_same(2, count(runs_of($scratch, 'fails')), 'runs');
        $causes = ['exits' => 'last exit status 7',
            'dies' => 'last exit status 255, last error: Error: Call to undefined function no_such_function\(\) in '
                . '.*/workers-dies\.php:3'];
        foreach ($causes as $name => $cause) {
            $pool->one("return said(fn () => BgWorkers\\get_vars('$name', 0));");
            await('its first end', fn () => $pool->ask->status($name)['last_exit_status'] !== null);
            $pattern = "worker \"$name\" is not ready after 0\\.4 s: \\d+ attempts?, $cause";
            foreach ($pool->each("return said(fn () => BgWorkers\\get_vars('$name', 0.4));") as $pid => $said) {
                expect(preg_match("~^BgWorkers\\\\TimeoutException: $pattern~", $said) === 1,
                    "what process $pid is told: $said");
            }
        }
        $times = $pool->each(<<<'PHP'
            foreach ([0, 0.4] as $timeout) {
                $start = microtime(true);
                $said[] = said(fn () => BgWorkers\get_vars(['w', 'silent'], $timeout));
                $took[] = microtime(true) - $start;
            }
            return [$said[1], $took[0] < 0.3, $took[1] >= 0.4 && $took[1] < 2];
            PHP);
        foreach ($times as $pid => [$said, $at_once, $in_time]) {
            expect($at_once && $in_time && str_starts_with($said, 'BgWorkers\TimeoutException: worker "silent" is not '
                . 'ready after 0.4 s: 1 attempt'), "time-outs of process $pid: " . json_encode($times[$pid]));
        }
        $said = $pool->all('return said(fn () => BgWorkers\send_task("w", []));', 'message about a task');
        expect(is_string($said) && str_starts_with($said, 'RuntimeException: ')
            && str_contains($said, 'shared') && str_contains($said, 'takes no tasks'),
            'a refused task: ' . json_encode($said));
        $exit = $pool->all('return BgWorkers\status()["exits"]["last_exit_status"];', 'last exit status');
        expect_same(7, $exit, 'last exit status');
        $pool->end();
    },

    'enums, lists of names and circles are as in one process' => function (Scratch $scratch) {
        $scratch->file('suit.php', '<?php enum Suit: string { case Hearts = "h"; case Spades = "s"; }');
        $read = fn (string $names) => <<<PHP
            try {
                \$said = array_keys(BgWorkers\\get_vars($names, 10));
            } catch (Exception \$error) {
                \$said = \$error->getMessage();
            }
            BgWorkers\\set_vars([\$said]);
            live();
            PHP;
        $pool = new SharedPool($scratch, ['w' => <<<'PHP'
            require __DIR__ . "/suit.php";
            BgWorkers\set_vars(["suit" => Suit::Hearts, "deep" => [["of" => Suit::Spades]], "plain" => [1]]);
            live();
            PHP, '7' => 'BgWorkers\set_vars(["seven"]); live();', 'self' => $read('"self"'), 'a' => $read('"b"'),
            'b' => $read('["7", "a"]'), 'reads' => $read('["w", "7"]'),
            'alone' => ['shared' => 0, 'code' => 'BgWorkers\set_vars([getmypid()]); live();'],
            'own' => 'BgWorkers\set_vars([BgWorkers\get_vars("alone")[0] === getmypid()]); live();']);
        $said = $pool->all('return said(fn () => BgWorkers\get_vars("w"));', 'message about an unknown enum');
        expect(is_string($said) && str_starts_with($said, 'LogicException: ') && str_contains($said, 'Suit'),
            'an unknown enum: ' . json_encode($said));
        $same = $pool->all(<<<'PHP'
            require __DIR__ . '/suit.php';
            $vars = BgWorkers\get_vars('w');
            return $vars['suit'] === Suit::Hearts && $vars['deep'][0]['of'] === Suit::Spades && $vars['plain'] === [1]
                && $vars === BgWorkers\get_vars('w');
            PHP, 'enums');
        expect_same(true, $same, 'enums');
        $lists = $pool->all(<<<'PHP'
            require __DIR__ . '/suit.php';
            $vars = BgWorkers\get_vars(['7', 'w', '7']);
            return [array_keys($vars), $vars[7], array_keys(BgWorkers\get_vars(['w']))];
            PHP, 'lists of names');
        expect_same([[7, 'w'], ['seven'], ['w']], $lists, 'lists of names');
        $said = $pool->all('return array_map(fn ($vars) => $vars[0],
            BgWorkers\get_vars(["self", "a", "b", "reads", "own"]));', 'what workers read');
        expect_same('waiting would close a circle: self waits for self', $said['self'], 'a worker for itself');
        expect_same(true, $said['own'], 'a worker of its own process that a shared one reads');
        $circles = array_filter([$said['a'], $said['b']], fn ($text) => is_string($text)
            && str_starts_with($text, 'waiting would close a circle: '));
        expect_same(1, count($circles), 'refusals of a circle of two: ' . json_encode($said));
        expect(is_string($said['reads']) && str_contains($said['reads'], 'Suit'),
            'an enum that a worker does not know: ' . json_encode($said['reads']));
        $alone = $pool->all('return BgWorkers\get_vars("alone")[0] === getmypid();', 'what is not shared');
        expect_same(true, $alone, 'a worker of its own in each child, beside the shared ones');
        $pool->end();
    },

    'a shared job runs once for the whole pool, and goes on after its process was killed' => function (
        Scratch $scratch) {
        $pool = new SharedPool($scratch, ['w' => ['every' => 0.25,
            'code' => NOTE_RUN . 'BgWorkers\set_vars([microtime(true)]);']]);
        $pool->each('BgWorkers\status();');        // needs nobody to read it
        await('three runs', fn () => count(runs_of($scratch)) >= 3);
        expect_same(1, count(array_unique(array_column(runs_of($scratch), 0))), 'processes that ran it');
        $status = $pool->all('$s = BgWorkers\status()["w"];
            return [$s["leader"], $s["shared"], $s["crashes"]];', 'status');
        [$killed, $leader] = $pool->kill_leader();
        expect_same([$killed, true, 0], $status, 'leader, shared, crashes');
        await('further runs', fn () => count(array_keys(array_column(runs_of($scratch), 0), $leader)) >= 3);
        $turns = array_map(fn ($run) => (int) floor($run[1] * 4), runs_of($scratch));
        expect_same(array_values(array_unique($turns)), $turns, 'one run a turn');
        expect_same([$killed, $leader], array_values(array_unique(array_column(runs_of($scratch), 0))), 'processes');
        expect_same([], $pool->events('job_in_each_process'), 'lines about jobs in each process');
        $pool->end(['exited on signal 9' => 1, 'exited with code 0' => 4]);
    },

    'a fork reads on what it had, after its parent has let go and others were published' => function (
        Scratch $scratch) {
        $pool = new SharedPool($scratch, ['w' => <<<'PHP'
            for ($n = 1; !BgWorkers\should_stop(0.01); ++$n) {
                BgWorkers\set_vars(['n' => $n, 'data' => array_fill(0, 20000, "row $n")]);
                while (!is_file(__DIR__ . '/go')) { if (BgWorkers\should_stop(0.01)) { return; } }
            }
            PHP]);
        $said = $pool->one(<<<'PHP'
            $vars = BgWorkers\get_vars('w');
            $child = pcntl_fork();
            if ($child === 0) {
                while (!is_file(__DIR__ . '/read')) { usleep(1000); }
                $rows = fn ($vars) => [$vars['n'], count(array_keys($vars['data'], "row $vars[n]", true))];
                $seen = json_encode([$rows($vars), said(fn () => $rows(BgWorkers\get_vars('w')))]);
                file_put_contents(__DIR__ . '/fork.new', $seen);
                rename(__DIR__ . '/fork.new', __DIR__ . '/fork');
                posix_kill(getmypid(), SIGKILL);        // its end must not look like that of a child of php-fpm
                sleep(10);
            }
            return $child;
            PHP);
        expect(is_int($said), 'a fork: ' . json_encode($said));
        touch($scratch->file('go'));
        await('many versions in all children', fn () =>
            count(array_filter($pool->each('return BgWorkers\get_vars("w")["n"] > 30;'))) === 4);
        touch($scratch->file('read'));
        [$had, $reads] = json_decode(await('what it read', fn () => @file_get_contents($scratch->file('fork'))), true);
        expect_same([1, 20000], $had, 'what it had before the fork');
        expect(is_array($reads) && $reads[0] >= 1 && $reads[1] === 20000, 'a whole snapshot: ' . json_encode($reads));
        $rows = $pool->one('$v = BgWorkers\get_vars("w"); return count(array_keys($v["data"], "row $v[n]", true));');
        expect_same(20000, $rows, 'rows of the newest');
        $pool->end();
    },
];
