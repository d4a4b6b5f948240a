<?php
// One worker for all children of a pool: whose memory it is, how much, and what if there is none.

require_once __DIR__ . '/SharedPool.php';

$all = (bool) getenv('BGWORKERS_ALL_TESTS');
$as_root = fn () => posix_getuid() === 0 || throw new Skipped('only root may change users');
/** What a process maps of ours, and has open: inodes. */
$memory_of = function (int $pid): array {
    preg_match_all('~^\S+ \S+ \S+ \S+ (\d+)\s+/memfd:bgworkers~m', file_get_contents("/proc/$pid/maps"), $maps);
    $open = [];
    foreach (glob("/proc/$pid/fd/*") as $fd) {
        if (str_starts_with((string) @readlink($fd), '/memfd:bgworkers')) {
            $open[] = (int) shell_exec("stat -Lc %i $fd");      // PHP's stat() follows the link by its name
        }
    }
    return [array_values(array_unique(array_map(intval(...), $maps[1]))), $open];
};

/** Where a process may write in our memory: begin => end. */
$writable_by = function (int $pid): array {
    preg_match_all('~^([0-9a-f]+)-([0-9a-f]+) rw\S+ \S+ \S+ \d+\s+/memfd:bgworkers~m',
        file_get_contents("/proc/$pid/maps"), $ranges);
    return array_combine(array_map(hexdec(...), $ranges[1]), array_map(hexdec(...), $ranges[2]));
};
/** A broken process writes over $what: "control", which all may write, or "slice", which the leader alone may. */
$spoilt = fn (string $what) => function (Scratch $scratch) use ($as_root, $writable_by, $what) {
    $as_root();
    $pool = new SharedPool($scratch, ['w' => COUNTS, 'once' => NOTE_RUN . <<<'PHP'
        BgWorkers\set_vars([getmypid()]);
        live();
        PHP]);
    $pool->each('BgWorkers\get_vars(["w", "once"]);');
    $leader = $pool->ask->leader();
    $readers = array_diff($pool->fpm->process->children(), [$leader]);
    $control = $writable_by(current($readers));
    $at = array_key_first($control);
    if ($what === 'slice') {
        foreach ($writable_by($leader) as $begin => $end) {
            $at = $control[$begin] ?? $begin;
            if ($at < $end) { break; }
        }
        expect($at < $end && !isset($control[$at]), 'what the leader alone may write');
    }
    $memory = fopen("/proc/$leader/mem", 'r+b');
    fseek($memory, $at);
    fwrite($memory, str_repeat("\xff", 8192));
    fclose($memory);
    $own = await('workers of their own', function () use ($pool) {
        $seen = $pool->each('return [BgWorkers\get_vars("w", 5)["pid"], BgWorkers\get_vars(["once", "w"])["once"][0],
            BgWorkers\status()["w"]["shared"]];');
        foreach ($seen as $pid => $one) {
            if ($one !== [$pid, $pid, false]) {
                return null;
            }
        }
        return count($seen) === 4 ? $seen : null;
    });
    $n = $pool->one('return BgWorkers\get_vars("w")["n"];');
    await('new versions', fn () => $pool->one('return BgWorkers\get_vars("w")["n"];') > $n + 10);
    $later = $pool->each('return [BgWorkers\get_vars("w", 0)["pid"], BgWorkers\get_vars("once", 0)[0],
        BgWorkers\status()["once"]["shared"]];');
    ksort($own);
    ksort($later);
    expect_same($own, $later, 'what stays so');
    expect_same([], array_diff(array_keys($own), array_column(runs_of($scratch), 0)), 'processes without a run');
    $lines = $pool->events('shared_unavailable');
    expect(count($lines) === 4 && str_contains($lines[0], 'level=error')
        && str_contains($lines[0], 'error="the shared memory is spoilt"'), 'lines: ' . implode("\n", $lines));
    $pool->end();
};

return [
    'pools of two users have nothing of each other, and pools of one user share no worker' => function (
        Scratch $scratch) use ($as_root, $memory_of) {
        $as_root();
        chmod($scratch->dir, 0777);
        foreach (['php.log', 'runs-w'] as $file) {
            chmod($scratch->file($file, ''), 0666);
        }
        $line = SharedPool::config($scratch, ['w' => NOTE_RUN
            . 'BgWorkers\set_vars([getmypid(), posix_getuid(), function_exists("strrev")]); live();']);
        $www = ['user = www-data', 'group = www-data', $line];
        $fpm = new Fpm($scratch, $www, more_pools: [
            'second' => [...$www, 'php_admin_value[disable_functions] = strrev'],
            'other' => ['user = nobody', 'group = nogroup', $line]]);
        $workers = $memory = [];
        foreach (['www' => 'www-data', 'second' => 'www-data', 'other' => 'nobody'] as $pool => $user) {
            $read = 'return [...BgWorkers\get_vars("w"), BgWorkers\status()["w"]["leader"]];';
            $answers = asking_fpm($scratch, $pool)->each(2, $read);
            [$worker, $uid, $has, $leader] = expect_one($answers, 2, "worker of pool $pool");
            expect_same([posix_getpwnam($user)['uid'], $pool !== 'second', $worker], [$uid, $has, $leader],
                "user, functions and process of the worker of $pool");
            expect(isset($answers[$leader]), "a leader of its own in $pool");
            $workers[] = $worker;
            $pids = array_keys($answers);
            sort($pids);
            await("the processes of $pool in status(all: true), and no others", fn () => $pids
                === asking_fpm($scratch, $pool)->one('return array_keys(BgWorkers\status(all: true));'));
            foreach ($pids as $pid) {
                [$maps, $open] = $memory_of($pid);
                expect_same(1, count($maps), "memory that process $pid of pool $pool maps");
                expect_same([], array_diff($open, $maps), "descriptors of $pid that lead elsewhere than to its own");
                $memory[$user][] = $maps[0];
            }
        }
        expect_same(3, count(array_unique($workers)), 'workers');
        expect_same(3, count(runs_of($scratch)), 'runs');
        $files = array_map(fn ($files) => count(array_unique($files)), $memory);
        expect_same(['www-data' => 1, 'nobody' => 1], $files, 'files a user');
        expect_same([], array_intersect($memory['www-data'], $memory['nobody']), 'files of both');
        expect_same(0, $fpm->quit(), 'exit of php-fpm');
        expect_same(['exited with code 0' => 6], $fpm->ends(), 'ends of children');
    },

    'under chroot, as another user and after preloading it is the same' => function () use ($as_root) {
        $as_root();
        foreach (['', 'nobody', 'root'] as $preload_user) {
            $scratch = new Scratch();
            try {
                foreach (['jail', 'jail/logs'] as $folder) {
                    mkdir("$scratch->dir/$folder");
                }
                chmod("$scratch->dir/jail/logs", 0777);
                chmod($scratch->dir, $preload_user === '' ? 0755 : 0777);
                SharedPool::config($scratch, ['w' => 'BgWorkers\set_vars([posix_getuid(), getmypid(),
                    BgWorkers\status()["w"]["leader"], function_exists("preloaded")]); live();'], 'jail/workers.ini');
                // Both answer when both have asked.
                $scratch->file('jail/index.php', <<<'PHP'
                    <?php
                    $vars = BgWorkers\get_vars('w');
                    touch('/logs/' . getmypid());
                    for ($i = 0; $i < 5000 && count(scandir('/logs')) < 5; ++$i) { usleep(1000); }
                    echo json_encode([...$vars, BgWorkers\status()['w']['runs']]);
                    PHP);
                $preload = $scratch->file('preload.php', <<<'PHP'
                    <?php
                    function preloaded() { }
                    try {
                        BgWorkers\get_vars('w', 0);
                    } catch (RuntimeException) {
                        touch(__DIR__ . '/refused');
                    }
                    PHP);
                $fpm = new Fpm($scratch, ['user = nobody', 'group = nogroup', "chroot = $scratch->dir/jail",
                    'chdir = /', 'php_admin_value[bgworkers.config] = /workers.ini',
                    'php_admin_value[error_log] = /logs/php.log'],
                    options: $preload_user === '' ? [] : ['-d', 'zend_extension=opcache',
                        '-d', "opcache.preload=$preload", '-d', "opcache.preload_user=$preload_user"]);
                $asked = [fastcgi_ask("$scratch->dir/www.sock", '/index.php'),
                    fastcgi_ask("$scratch->dir/www.sock", '/index.php')];
                [$seen, $same] = array_map(fn ($connection) => json_decode(fastcgi_answer($connection), true), $asked);
                $pid = $seen[1];
                expect_same([posix_getpwnam('nobody')['uid'], $pid, $pid, $preload_user !== '', 1], $seen,
                    "user, process, leader, preloading as \"$preload_user\", runs");
                expect_same($seen, $same, 'what the other child sees');
                expect(file_exists("$scratch->dir/jail/logs/$pid"), 'a leader that is one of the two');
                expect_same(2, count(glob("$scratch->dir/jail/logs/[0-9]*")), 'children that have answered');
                expect_same($preload_user !== '', file_exists("$scratch->dir/refused"), 'a preload script was refused');
                expect_same(0, $fpm->quit(), 'exit of php-fpm');
                expect_same(['exited with code 0' => 2], $fpm->ends(), 'ends of children');
            } catch (Exception $error) {
                throw new Exception("preloaded as \"$preload_user\": {$error->getMessage()}\n" . $scratch->logs());
            } finally {
                $scratch->clean();
            }
        }
    },

    'an edited workers file is another scope for new children; old ones keep theirs' => function (Scratch $scratch) {
        $workers = fn (string $release) => ['w' => ['args[]' => $release,
            'code' => NOTE_RUN . 'BgWorkers\set_vars([$argv[2], getmypid()]); live();']];
        $pool = new SharedPool($scratch, $workers('old'));
        [, $leader] = $pool->all('return BgWorkers\get_vars("w");', 'worker');
        SharedPool::config($scratch, $workers('new'));
        $old = $pool->fpm->process->children();
        $pool->fpm->kill(current(array_diff($old, [$leader])));
        $seen = $pool->each('return [...BgWorkers\get_vars("w"), BgWorkers\status()["w"]["leader"]];');
        expect_same(4, count($seen), 'children that answered');
        foreach ($seen as $pid => $vars) {
            expect_same(in_array($pid, $old, true) ? ['old', $leader, $leader] : ['new', $pid, $pid], $vars,
                "what process $pid reads, of which processes");
        }
        expect_same(2, count(runs_of($scratch)), 'runs');
        $pool->end(['exited on signal 9' => 1, 'exited with code 0' => 4]);
    },

    'when shared memory is full set_vars() throws with sizes, readers keep what they had, the worker goes on' =>
        function (Scratch $scratch) {
            $pool = new SharedPool($scratch, ['w' => <<<'PHP'
                $await = function ($file) {
                    while (!is_file(__DIR__ . "/$file")) { BgWorkers\should_stop(0.01) && exit; }
                };
                $publish = fn ($step, $bytes, $said = []) =>
                    BgWorkers\set_vars(['step' => $step, 'data' => str_repeat('x', $bytes), 'said' => $said]);
                $publish(0, 2_000_000);
                $await('go');
                foreach ([40_000_000, 9_000_000] as $bytes) {
                    try {
                        $publish(1, $bytes);
                        $said[] = 'nothing';
                    } catch (Exception $error) {
                        $said[] = get_class($error) . ': ' . $error->getMessage();
                    }
                }
                touch(__DIR__ . '/refused');
                $await('go-on');
                for ($step = 2; !BgWorkers\should_stop(0.001); $step = min(50, $step + 1)) {
                    $publish($step, 500_000 + $step, $said);
                }
                PHP], settings: ['bgworkers.shared_memory' => '8M']);
            $read = '$vars = BgWorkers\get_vars("w");
                return [$vars["step"], strlen($vars["data"]), BgWorkers\status()["w"]["version"]];';
            expect_same([0, 2_000_000, 1], $pool->all($read, 'snapshot that fits'), 'snapshot that fits');
            touch($scratch->file('go'));
            await('two refusals', fn () => file_exists($scratch->file('refused')));
            expect_same([0, 2_000_000, 1], $pool->all($read, 'snapshot after the refusals'), 'what readers kept');
            touch($scratch->file('go-on'));
            await('the last snapshot', fn () => $pool->one($read)[0] === 50);
            foreach ($pool->one('return BgWorkers\get_vars("w")["said"];') as $message) {
                expect(preg_match('/^RuntimeException: .*\d+.*\d+/', $message) === 1
                    && str_contains($message, 'bgworkers.shared_memory'), "sizes and what to do: $message");
            }
            $status = $pool->ask->status();
            expect_same([1, 0], [$status['runs'], $status['crashes']], 'runs and crashes');
            $pool->end();
        },

    'with shared memory switched off shared = 1 is a mistake of the file' => function (Scratch $scratch) {
        $pool = new SharedPool($scratch, ['w' => 'BgWorkers\set_vars([]); live();'],
            settings: ['bgworkers.shared_memory' => '0']);
        $said = $pool->all('return said(fn () => BgWorkers\get_vars("w"));', 'mistake');
        expect(is_string($said) && str_starts_with($said, "RuntimeException: $scratch->dir/workers.ini:3: shared")
            && str_contains($said, 'bgworkers.shared_memory'), 'the mistake: ' . json_encode($said));
        $pool->end();
    },

    'where shared memory cannot be had each child has its own worker, and says why' => function (Scratch $scratch) {
        $pool = new SharedPool($scratch, ['w' => 'BgWorkers\set_vars([getmypid()]); live();'],
            settings: ['bgworkers.shared_memory' => '8G'], before: ['prlimit', '--as=' . (800 << 20)]);
        $seen = $pool->all('$vars = BgWorkers\get_vars("w"); $s = BgWorkers\status()["w"];
            return [$vars[0] === getmypid(), $s["leader"], $s["took_over"]];', 'worker');
        expect_same([true, null, 0], $seen, 'a worker of its own, leader, takeovers');
        $lines = $pool->events('shared_unavailable');
        expect_same(4, count($lines), 'lines about it, one a child');
        expect(str_contains($lines[0], 'level=warning') && str_contains($lines[0], 'error="'), "a line: $lines[0]");
        $pool->end();
    },

    'where what leads to the data was written over each child has its own worker, and says why' => $spoilt('slice'),
    'where what all may write was written over each child has its own worker, and says why' => $spoilt('control'),

    'in a small cgroup data that does not fit costs the leader its life, and the pool lives' => function (
        Scratch $scratch) use ($as_root, $all) {
        $as_root();
        $all || throw new Skipped('whom the system kills is its choice: --all');
        $group = '/sys/fs/cgroup/memory/bgworkers-' . getmypid();
        if (!@mkdir($group)) { throw new Skipped('no cgroups (version 1) to be made here'); }
        try {
            file_put_contents("$group/memory.limit_in_bytes", 256 << 20);
            $pool = new SharedPool($scratch, ['w' => NOTE_RUN . <<<'PHP'
                if (count(file(__DIR__ . '/runs-w')) === 1) {
                    for ($mb = 1; $mb < 400; $mb += 20) { BgWorkers\set_vars([str_repeat('x', $mb << 20)]); }
                }
                BgWorkers\set_vars(['small']);
                live();
                PHP], settings: ['bgworkers.shared_memory' => '1G', 'bgworkers.max_snapshot_size' => '1G',
                'memory_limit' => '-1'],
                before: ['sh', '-c', "echo \$\$ > $group/tasks && exec \"\$@\"", 'sh']);
            await('what its successor publishes', fn () =>
                $pool->one('return said(fn () => BgWorkers\get_vars("w", 1)[0] === "small");') === true, 20);
            $seen = $pool->all('$s = BgWorkers\status()["w"];
                return [BgWorkers\get_vars("w"), $s["runs"], $s["crashes"], $s["took_over"] > 0];', 'what they read');
            expect_same([['small'], 2, 1, true], $seen, 'data, runs, crashes, taken over');
            $pool->end(['exited on signal 9' => 1, 'exited with code 0' => 4]);
        } finally {
            @rmdir($group);     // empty, unless something has failed
        }
    },

    'memory stays flat over many publications' => function (Scratch $scratch) use ($all) {
        $pool = new SharedPool($scratch, ['w' => <<<'PHP'
            for ($n = 1; !BgWorkers\should_stop($n % 50 ? 0 : 0.001); ++$n) {
                BgWorkers\set_vars(["n" => $n, "rows" => array_fill(0, 1000 + $n % 100, "row $n")]);
            }
            PHP]);
        $pss = fn () => array_sum($pool->each('BgWorkers\get_vars("w");
            preg_match("/^Pss:\s+(\d+)/m", file_get_contents("/proc/self/smaps_rollup"), $match);
            return (int) $match[1];'));
        $until = fn (int $n) => await("publication $n", fn () =>
            $pool->one('return BgWorkers\get_vars("w")["n"];') >= $n, 300);
        $until(300);
        $before = $pss();
        $until($all ? 100000 : 1500);
        $after = $pss();
        expect($after < $before * 1.1 + 2000, "memory of all children: $before KB, and then $after KB");
        $pool->end();
    },
];
