<?php
// Metrics, read by a real parser; the dashboard's queries; the status page in a real browser.

$workers = [
    'config' => 'BgWorkers\set_vars(range(1, 300)); live();',
    'pool' => ['code' => 'BgWorkers\set_vars([1]); live();', 'num' => 3],
    'rates' => ['code' => 'throw new RuntimeException("the bank does not answer <b>today</b>");', 'max_consecutive_failures' => 2],
    'a "quoted\name with a <tag>' => 'BgWorkers\set_vars([1]); exit(2);',
];
$site = function (Scratch $scratch) use ($workers): Site {
    $site = new Site($scratch, 'monitoring');
    $scratch->workers($workers);
    $scratch->file('start.php', '<?php foreach (array_keys(BgWorkers\status()) as $name) { try { BgWorkers\get_vars($name); } catch (BgWorkers\WorkerException) {} } echo "started";');
    expect_same('started', $site->get('start.php'), 'start of all workers');
    return $site;
};
/** What the parser of prometheus_client makes of a text: samples as "name{labels}" => value. */
$parse = function (Scratch $scratch, string $text): array {
    $scratch->file('metrics.txt', $text);
    $script = $scratch->file('parse.py', <<<'PY'
        import json, sys
        from prometheus_client.openmetrics.parser import text_string_to_metric_families
        text = open(sys.argv[1], encoding='utf-8', newline='').read()
        print(json.dumps([[s.name, s.labels, s.value, f.type, f.unit] for f in text_string_to_metric_families(text) for s in f.samples]))
        PY);
    $parser = $scratch->start(['/usr/bin/python3', $script, $scratch->file('metrics.txt')], 'parsed.log');
    expect_same(0, $parser->wait(), 'exit status of the parser');
    return array_map(fn ($sample) => [$sample[0], $sample[1], (float) $sample[2], $sample[3], $sample[4]],
        json_decode($scratch->read('parsed.log'), true, flags: JSON_THROW_ON_ERROR));
};

return [
    'an OpenMetrics parser reads the metrics' => function (Scratch $scratch) use ($site, $parse) {
        $page = http_get($site($scratch)->address, '/metrics.php');
        expect(str_contains($page->head, 'application/openmetrics-text; version=1.0.0'), 'the content type');
        $samples = $parse($scratch, $page->body);
        $of = fn (string $name, string $worker): array => array_values(array_filter($samples, fn ($sample) => $sample[0] === $name && ($sample[1]['worker'] ?? null) === $worker));
        $pid = $samples[array_search('bgworkers_worker_instances', array_column($samples, 0))][1]['pid'];
        expect(posix_kill((int) $pid, 0), "a process: $pid");
        expect(abs($of('bgworkers_worker_looked_timestamp_seconds', 'config')[0][2] - microtime(true)) < 60, 'a look');
        expect_same([['bgworkers_worker_instances', ['worker' => 'pool', 'pid' => $pid], 3.0, 'gauge', '']], $of('bgworkers_worker_instances', 'pool'), 'instances');
        expect_same(1.0, $of('bgworkers_worker_publications_total', 'config')[0][2] ?? null, 'publications');
        expect($of('bgworkers_worker_crashes_total', 'rates')[0][2] >= 2, 'crashes');
        expect_same(2.0, $of('bgworkers_worker_last_exit_status', 'a "quoted\name with a <tag>')[0][2] ?? null, 'exit status of an odd name');
        expect_same('bytes', $of('bgworkers_worker_snapshot_size_bytes', 'config')[0][4] ?? null, 'unit');
        expect(abs($of('bgworkers_worker_snapshot_timestamp_seconds', 'config')[0][2] - microtime(true)) < 60, 'a time stamp');
        $states = array_column(array_map(fn ($sample) => [$sample[1]['bgworkers_worker_state'], $sample[2]], $of('bgworkers_worker_state', 'rates')), 1, 0);
        expect_same(1.0, (float) array_sum($states), 'states that are on');
        expect_same(1.0, $states['failed'] ?? null, 'failed: ' . json_encode($states));
    },

    'every query of the dashboard asks for what there is' => function (Scratch $scratch) use ($site, $parse) {
        $names = array_unique(array_column($parse($scratch, $site($scratch)->get('metrics.php') . "\n"), 0));
        $texts = file_get_contents(dirname(__DIR__, 3) . '/docs/monitoring/grafana-dashboard.json');
        json_decode($texts, flags: JSON_THROW_ON_ERROR);
        $texts .= file_get_contents(dirname(__DIR__, 3) . '/docs/monitoring/README.md') . file_get_contents(dirname(__DIR__, 3) . '/docs/monitoring/alerts.yml');
        expect(preg_match_all('/bgworkers_\w+/', $texts, $asked) > 10, 'queries');
        expect_same([], array_values(array_diff(array_unique($asked[0]), $names)), 'metrics that do not exist');
    },

    'the alerts, as promtool runs them' => function (Scratch $scratch) {
        copy(dirname(__DIR__, 3) . '/docs/monitoring/alerts.yml', $scratch->file('alerts.yml'));
        copy(__DIR__ . '/alerts_test.yml', $scratch->file('alerts_test.yml'));
        foreach (['check', 'test'] as $what) {
            $promtool = $scratch->start(['/usr/bin/promtool', $what, 'rules', $scratch->file($what === 'check' ? 'alerts.yml' : 'alerts_test.yml')], "$what.log");
            expect_same(0, $promtool->wait(60), "promtool $what rules: " . $scratch->read("$what.log"));
        }
        expect(str_contains($scratch->read('check.log'), '3 rules found'), 'rules: ' . $scratch->read('check.log'));
    },

    'the command asks the status page' => function (Scratch $scratch) use ($site) {
        $address = $site($scratch)->address;
        $command = function (string ...$arguments) use ($scratch): array {
            static $calls = 0;
            $process = $scratch->start([getenv('PHP'), '-n', dirname(__DIR__, 3) . '/bin/bgworkers', ...$arguments], $log = 'command-' . ++$calls . '.out');
            return [$process->wait(), $scratch->read($log)];
        };
        [$status, $text] = $command('status', "--url=http://$address/status.php");
        expect_same(1, $status, "exit status, for one has failed: $text");
        expect(preg_match('/^ *\d+  config +running +1 +0 /m', $text) && preg_match('/  pool x3 +running +3 +0 /', $text), "rows: $text");
        expect(str_contains($text, 'RuntimeException: the bank does not answer <b>today</b>'), "an error: $text");
        [$status, $json] = $command('status', '--json', "--url=http://$address/status.php");
        expect_same(['a "quoted\name with a <tag>', 'config', 'pool', 'rates'], array_keys(json_decode($json, true)[0]['workers']), 'names');
        [$status, $text] = $command('restart', 'config', "--url=http://$address/status.php");
        expect($status === 2 && str_contains($text, 'a status page only shows'), "no restart over a page: $text");
        [$status, $text] = $command('status', "--url=http://$address/index.html");
        expect($status === 2 && str_contains($text, 'not one of bgworkers'), "another page: $text");
    },

    'the status page, the metrics and the command have all processes, whichever of them answers' => function (Scratch $scratch) use ($workers, $parse) {
        $site = new Site($scratch, 'monitoring', ['PHP_CLI_SERVER_WORKERS' => '2']);
        $scratch->workers($workers);
        $ask = asking_http($scratch, $site);
        $pids = array_keys($ask->all(3, 'foreach (array_keys(BgWorkers\status()) as $name) {
            said(fn () => BgWorkers\get_vars($name)); } return true;'));     // two workers, and the parent
        sort($pids);
        $rows = function (string $query) use ($site): array {
            preg_match_all('~<tr>\s*(<td.*?)</tr>~s', $site->get("status.php$query"), $found);
            $text = fn (string $cell): string => trim(html_entity_decode(strip_tags($cell)));
            return array_map(fn ($row) => array_map($text, preg_split('~(?<=</td>)\s*(?=<td)~', $row)), $found[1]);
        };
        // A process shows its own rows as they are and those of the others as they last noted them, so each is asked.
        $noted = [array_fill(0, 3, count($workers)), array_fill(0, 3, 'failed')];
        await('all rows, seen by all', fn () => array_filter($ask->all(3, '$all = array_values(BgWorkers\status(all: true));
            return [array_map(count(...), $all), array_column(array_column($all, "rates"), "state")];'),
            fn ($seen) => $seen !== $noted) === []);
        $names = array_keys($workers);
        sort($names);
        expect_same([$names[0], $names[0], $names[0], $names[1]], array_slice(array_map(fn ($name) => explode(' ×', $name)[0],
            str_replace("\u{a0}", '', array_column($rows(''), 0))), 0, 4), 'by worker');
        expect_same($pids, array_values(array_unique(array_map(intval(...), array_column($rows('?sort=pid'), 1)))), 'by process');
        expect_same(array_reverse($pids), array_values(array_unique(array_map(intval(...), array_column($rows('?sort=pid&back=1'), 1)))), 'the other way');
        expect_same(['failed', 'failed', 'failed'], array_slice(array_column($rows('?sort=state'), 2), 0, 3), 'by state: what needs a look first');
        $crashes = array_map(intval(...), array_column($rows('?sort=crashes'), 7));
        $sorted = $crashes;
        rsort($sorted);
        expect($crashes === $sorted && $crashes[0] > 0, 'by crashes: ' . json_encode($crashes));
        expect_same($rows('')[0][0], $rows('?sort=nothing')[0][0], 'by what there is not');
        foreach (['worker', 'pid', 'state', 'since', 'published', 'size', 'runs', 'crashes', 'tasks', 'memory', 'end'] as $column) {
            expect_same(3 * count($workers), count($rows("?sort=$column")), "rows by $column");
        }

        $samples = $parse($scratch, $site->get('metrics.php') . "\n");
        $ready = array_filter($samples, fn ($sample) => $sample[0] === 'bgworkers_worker_ready' && $sample[1]['worker'] === 'config');
        expect_same(array_map(strval(...), $pids), array_column(array_column($ready, 1), 'pid'), 'processes in the metrics');

        $command = $scratch->start([getenv('PHP'), '-n', dirname(__DIR__, 3) . '/bin/bgworkers', 'status', "--url=http://$site->address/status.php"], 'all.out');
        expect_same(1, $command->wait(), 'exit status, for some have failed: ' . $scratch->read('all.out'));
        foreach ($pids as $pid) {
            expect(preg_match("/^ *$pid  config +running +1 +0 /m", $scratch->read('all.out')) === 1, "process $pid: " . $scratch->read('all.out'));
        }
    },

    'the command checks a workers file' => function (Scratch $scratch) {
        $scratch->workers(['a' => 'live();', 'b' => 'live();']);
        $scratch->file('bad.ini', "[w]\nscirpt = workers-a.php\n");
        mkdir("$scratch->dir/workers.d");
        $scratch->file('workers.d/10.ini', "[a]\nnmu = 1\nscript = ../workers-a.php\n");
        $scratch->file('workers.d/20.ini', "[a]\nnum = x\n[b]\nscript = gone.php\n");
        mkdir("$scratch->dir/good.d");
        $scratch->file('good.d/10.ini', "[a]\nscript = gone.php\n");
        $scratch->file('good.d/20.ini', "[a]\nscript = ../workers-a.php\n");
        // The PHP that it starts reads the same php.ini.
        mkdir("$scratch->dir/etc");
        $scratch->file('etc/php.ini', 'extension = ' . getenv('EXTENSION') . "\n");
        foreach (['workers.ini' => [0, 'workers.ini is in order; declared: a, b'], 'bad.ini' => [1, 'bad.ini:2: unknown key "scirpt", did you mean script?'],
            'none.ini' => [2, 'there is no such file'], 'workers.d' => [1, "workers.d/10.ini:2: unknown key \"nmu\", did you mean num?\n"],
            'good.d' => [0, 'good.d is in order; declared: a']] as $file => [$expected, $words]) {
            $process = $scratch->start([getenv('PHP'), dirname(__DIR__, 3) . '/bin/bgworkers', 'check', "$scratch->dir/$file"], "$file.out",
                ['PHPRC' => "$scratch->dir/etc"]);
            expect_same($expected, $process->wait(), "exit status of $file: " . $scratch->read("$file.out"));
            expect(str_contains($scratch->read("$file.out"), $words), "$file: " . $scratch->read("$file.out"));
        }
        expect_same(3, preg_match_all('~^.*/workers\.d/\d0\.ini:\d: ~m', $scratch->read('workers.d.out')), 'all mistakes: ' . $scratch->read('workers.d.out'));
        $command = dirname(__DIR__, 3) . '/bin/bgworkers';
        $process = $scratch->start([getenv('PHP'), '-c', "$scratch->dir/etc", $command, 'check', "$scratch->dir/workers.ini"], 'named.out');
        expect_same(0, $process->wait(), 'with a php.ini that -c names: ' . $scratch->read('named.out'));
        $process = $scratch->start([getenv('PHP'), '-n', '-d', 'extension=' . getenv('EXTENSION'), $command, 'check', "$scratch->dir/workers.ini"], 'd.out');
        expect($process->wait() === 2 && str_contains($scratch->read('d.out'), 'load it in php.ini, not with -d'), 'with -d: ' . $scratch->read('d.out'));
        $process = $scratch->start([getenv('PHP'), '-n', $command, 'check', "$scratch->dir/workers.ini"], 'without.out');
        expect($process->wait() === 2 && str_contains($scratch->read('without.out'), 'is not loaded'), 'without the extension: ' . $scratch->read('without.out'));
    },

    'the status page, in a browser as wide as a phone, and in wider ones' => function (Scratch $scratch) use ($site) {
        if (!is_executable('/usr/bin/chromium')) {
            throw new Skipped('no /usr/bin/chromium (./dev test --all installs it)');
        }
        $address = $site($scratch)->address;
        // Without the refresh, and looked at from pages that are 390 pixels wide, and more.
        $scratch->file('frame.html', '<iframe id="frame" src="status.php" style="width:390px;height:3000px;border:0"></iframe><pre id="seen"></pre><script>
            const wider = [700, 890, 1199, 1215, 1400].map(width => { const other = document.createElement("iframe"); other.src = "status.php";
                other.style = `width:${width}px;height:3000px;border:0`; return document.body.appendChild(other); });
            onload = () => { const page = frame.contentDocument; seen.textContent = JSON.stringify({
                width: page.documentElement.scrollWidth, wider: wider.map(frame => frame.contentDocument.documentElement.scrollWidth), rows: page.querySelectorAll("tbody tr").length, tags: page.querySelectorAll("b").length,
                names: [...page.querySelectorAll("strong")].map(name => name.textContent), states: [...page.querySelectorAll(".state")].map(state => state.textContent),
                head: page.defaultView.getComputedStyle(page.querySelector("thead")).display,
                links: [...page.querySelectorAll("nav a")].filter(link => link.offsetWidth > 0).map(link => link.textContent) }); };</script>');
        $chromium = ['/usr/bin/chromium', '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
            '--disable-background-networking', '--disable-component-update', '--disable-sync', "--user-data-dir=$scratch->dir/profile"];
        $browser = $scratch->start([...$chromium, '--virtual-time-budget=3000', '--dump-dom', "http://$address/frame.html"], 'browser.log');
        expect_same(0, $browser->wait(60), 'exit status of the browser');
        expect(preg_match('~<pre id="seen">(.+?)</pre>~s', $scratch->read('browser.log'), $match) === 1, 'what the browser saw');
        $seen = json_decode(html_entity_decode($match[1]), true, flags: JSON_THROW_ON_ERROR);
        expect_same(390, $seen['width'], 'width of the page: nothing hangs over');
        expect_same([700, 890, 1199, 1215, 1400], $seen['wider'], 'widths of wider ones');
        expect_same(4, $seen['rows'], 'workers');
        expect_same(0, $seen['tags'], 'markup out of an error message');
        expect(in_array('a "quoted\name with a <tag>', $seen['names'], true), 'odd names: ' . json_encode($seen['names']));
        expect(in_array('running', $seen['states'], true) && in_array('failed', $seen['states'], true), 'states: ' . json_encode($seen['states']));
        expect_same('none', $seen['head'], 'the head of the table on a phone');
        expect_same('Worker ↓', $seen['links'][0] ?? null, 'links to sort by, on a phone: ' . json_encode($seen['links']));
        if ($pictures = getenv('BGWORKERS_PICTURES')) {  // for docs/monitoring
            foreach (['status.png' => '1280,640', 'status-phone.png' => '390,860'] as $name => $size) {
                $scratch->start([...$chromium, '--hide-scrollbars', "--window-size=$size", "--screenshot=$pictures/$name", "http://$address/status.php?sort=crashes"], 'browser.log')->wait(60);
            }
        }
    },
];
