<?php

/** docs/getting-started.md, from top to bottom. */
function getting_started(Page $page, Scratch $scratch): void
{
    $mistakes = mistakes($page, $scratch);
    mkdir($app = $scratch->file('app'));
    $terminal = new Terminal($scratch, $app);
    expect(str_contains($terminal->do($page->take('sh', 'Thread Safety')), 'enabled'), 'a PHP that is thread-safe');
    expect_install($page->take('sh', 'phpize'));
    $terminal->phpIni($page->take('ini', 'extension = bgworkers'));
    $terminal->console($page->take('console', '--ri'), numbers_vary: true);

    $worker = $page->take('php', 'sys_getloadavg()');
    file_put_contents("$app/worker.php", $worker);
    foreach ($page->blocks as $block) {
        if ($block->language === 'ini' && !$block->used && $block->text === "[clock]\nscript = worker.php\n") {
            $block->used = true;
            file_put_contents("$app/workers.ini", $block->text);
        }
    }
    file_put_contents("$app/index.php", $page->take('php', 'get_vars(\'clock\')'));
    $terminal->console($page->take('console', 'bgworkers check'));

    $server = $page->take('sh', ' -S ');
    $terminal->run($server);
    $terminal->console($page->take('console', 'curl'), numbers_vary: true);
    expect_shown($page, 'event=ready after=0.001', $terminal->said(), $app);
    expect_shown($page, 'event=exited status=0 uptime=2.269', $terminal->interrupt(), $app);

    expect(preg_match('/Add `(if .*?)` as the first line of the loop/', $page->text, $line) === 1, 'a line that fails');
    file_put_contents("$app/worker.php", str_replace("do {\n", "do {\n    $line[1]\n", $worker));
    $terminal->run($server);
    $terminal->do('curl http://127.0.0.1:8000/');
    await('a second run', fn () => preg_match('/run=2.*event=ready/s', $terminal->said()));
    expect_shown($page, 'status=255 uptime=3.004', $terminal->said(), $app);
    expect(str_starts_with($terminal->do('curl http://127.0.0.1:8000/'), 'turn '), 'pages that keep the last values');
    $terminal->interrupt();
    $mistakes();
}

/** What the page shows stands in what was said, line by line. */
function expect_shown(Page $page, string $words, string $said, string $app): void
{
    $shown = $page->take('', $words);
    $shown = str_replace(['[4711]', '/srv/app'], ['', $app], $shown);   // read() leaves out the pid
    expect(shows_lines($shown, $said), "what $page->name shows ($words) in: $said");
}

/**
 * "When something is wrong": makes each mistake, all at once. What it returns waits for them; they say what the page
 * shows.
 */
function mistakes(Page $page, Scratch $scratch): Closure
{
    $get = fn (string $name, float $seconds) => "BgWorkers\\get_vars('$name', $seconds);";
    $declared = "[clock]\nscript = worker.php\n";
    $made = [  // words of a block => [what is run, worker.php, workers.ini, bgworkers.config] for each line
        'no background workers are configured' => [[$get('clock', 0.2), '', '', '']],
        'cannot be read' => [
            [$get('clock', 0.2), '', $declared, '/srv/app/worker.ini'],
            [$get('clock', 0.2), '', $declared, 'workers.ini'],
            [$get('clock', 0.2), '', "[clock]\nscript = wroker.php\n"],
        ],
        'is not declared' => [[$get('clocks', 0.2), '<?php']],
        'the script ended without a call' => [[$get('clock', 1.2), '<?php']],
        'no call of BgWorkers\set_vars() yet' => [[$get('clock', 0.2), '<?php BgWorkers\should_stop(INF);']],
        'Call to undefined function set_vars()' => [[$get('clock', 60), "<?php\n\nset_vars([1]);"]],
        'can be called in a background worker only' => [['BgWorkers\set_vars([1]);', '<?php']],
        'not with sleep()' => [[$get('clock', 60), "<?php\nBgWorkers\\set_vars([1]);\n\nsleep(60);"]],
        'ArrayObject' => [[$get('clock', 1.2), "<?php\n\nBgWorkers\\set_vars(['settings' => new ArrayObject()]);"]],
        'LogicException: no database' => [
            [$get('clock', 60), '<?php throw new LogicException("no database");'],
            [$get('clock', 1.2), '<?php (' . "\n"],
        ],
    ];
    $runs = [];
    foreach ($made as $words => $mistakes) {
        $lines = count($mistakes) > 1 ? explode("\n", trim($page->take('', $words))) : [trim($page->take('', $words))];
        expect_same(count($mistakes), count($lines), "lines of the block with \"$words\"");
        foreach ($mistakes as $number => $mistake) {
            [$code, $worker, $ini, $config] = $mistake + [2 => $declared, 3 => '/srv/app/workers.ini'];
            $app = $scratch->file('mistake-' . count($runs));
            mkdir($app);
            file_put_contents("$app/worker.php", $worker);
            file_put_contents("$app/workers.ini", $ini);
            $code = "try { $code } catch (Throwable \$e) { echo \$e::class, ': ', \$e->getMessage(), \"\\n\"; }";
            $log = 'mistake-' . count($runs) . '.out';
            $config = 'bgworkers.config=' . str_replace('/srv/app', $app, $config);
            $runs[] = [$lines[$number], $app, $log, $scratch->php(['-d', $config, '-r', $code], $log)];
        }
    }
    // What configure says of a PHP that is not thread-safe, which there is none of here.
    $shown = substr(trim($page->take('', 'needs a thread-safe PHP')), strlen('configure: error: '));
    $configure = file_get_contents(dirname(__DIR__, 3) . '/config.m4');
    expect(str_contains($configure, "AC_MSG_ERROR([$shown])"), "config.m4: $shown");

    return function () use ($runs, $scratch): void {
        foreach ($runs as [$shown, $app, $log, $process]) {
            $process->wait(60);
            $shown = str_replace(['[4711]', '/srv/app'], ['', $app], $shown);
            $said = $scratch->read($log);
            expect(shows_lines($shown, $said), "\"$shown\" in: $said");
        }
    };
}
