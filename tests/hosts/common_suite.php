<?php
// What every threaded web host has to stand: workers that do all that needs a request, and die in every way, beside
// requests that must notice nothing of it.

require_once __DIR__ . '/http.php';

/** A host that serves the scratch folder over HTTP, many requests at once in one process. */
abstract class WebHost
{
    public Process $process;
    public string $address;

    public function __construct(protected Scratch $scratch)
    {
        $this->address = free_address();
    }

    public function get(string $path, string $host = 'localhost'): string
    {
        return http_get($this->address, $path, $host)->body;
    }

    /** Ends the host in order. */
    abstract public function stop(): int|string;

    /** All that was logged. */
    abstract public function log(): string;

    /** What the host itself logs in an ordinary life, as a regular expression for one line. */
    abstract public function ordinary_lines(): string;

    protected function await_answer(): void
    {
        $this->scratch->file('ping.txt', 'pong');
        await('answer of the host', fn () => @stream_socket_client("tcp://$this->address", $code, $message, 1));
    }

    /** Stops it, and holds it to a clean end: its exit code, and nothing in the log that is not ordinary. */
    public function end(string ...$expected_lines): void
    {
        expect_same(0, $this->stop(), 'exit code of the host');
        $ordinary = implode('|', [$this->ordinary_lines(), 'bgworkers: level=notice ', ...$expected_lines]);
        $odd = array_filter(explode("\n", $this->log()), fn ($line) => trim($line) !== '' && !preg_match("~$ordinary~", $line));
        expect($odd === [], "nothing unexplained in the log, found:\n" . implode("\n", array_slice($odd, 0, 10)));
    }
}

/**
 * @param callable(Scratch, array $workers, array $settings, bool $one_thread): WebHost $start  settings are INI settings
 *     of the process; one_thread: where a thread starts with its first request, one serves them all
 * @param string $limit  the memory_limit of requests; the host sets it
 */
function common_cases(callable $start): array
{
    // Answers are the same for all requests but for what is theirs.
    $index = <<<'PHP'
        <?php
        $n = $_GET['n'];
        header("X-Own: $n");
        $vars = BgWorkers\get_vars('w');
        if ($n % 3 === 0) { usleep(2000); }
        echo json_encode([
            'own' => $n, 'asked' => $_SERVER['HTTP_X_ASKED_FOR'] ?? null, 'uri' => strtok($_SERVER['REQUEST_URI'] ?? '', '?'),
            'argv' => isset($_SERVER['BGWORKERS_NAME']), 'env' => getenv('BGWORKERS_ONLY'), 'limit' => ini_get('memory_limit'),
            'headers' => count(preg_grep('/foreign/i', headers_list())), 'code' => http_response_code(), 'precision' => ini_get('precision'),
            'cookies' => $_COOKIE, 'vars' => $vars,
        ]);
        PHP;
    $expect_own = function (array $paths, array $answers, array $vars, string $limit = '99M'): void {
        foreach ($paths as $key => $path) {
            $answer = $answers[$key] ?? throw new Exception("no answer to $path");
            parse_str(parse_url($path, PHP_URL_QUERY), $query);
            $expected = ['own' => $query['n'], 'asked' => $path, 'uri' => '/index.php', 'argv' => false, 'env' => false, 'limit' => $limit,
                'headers' => 0, 'code' => 200, 'precision' => '14', 'cookies' => [], 'vars' => $vars];
            expect_same(json_encode($expected), $answer->body, "answer to $path");
            expect_same(200, $answer->status, "status of $path");
            expect(stripos("$answer->head\r", "X-Own: $query[n]\r") && !stripos($answer->head, 'foreign'), "the headers of $path and no other, got $answer->head");
        }
    };
    $paths = fn (int $count) => array_map(fn ($n) => "/index.php?n=$n", range(1, $count));

    $noisy = <<<'PHP'
        $i = 0;
        do {
            echo "FOREIGN echo\n";
            print_r(['FOREIGN' => 'print_r']);
            trigger_error('FOREIGN warning', E_USER_WARNING);
            error_log('FOREIGN log');
            header('X-Foreign: FOREIGN');
            header_remove();
            header('HTTP/1.1 418 FOREIGN');
            http_response_code(418);
            setcookie('FOREIGN', 'cookie');
            ini_set('precision', '3');
            ob_start(); phpinfo(); $info = strlen(ob_get_clean());
            $own = [$_SERVER['BGWORKERS_NAME'], isset($_SERVER['REQUEST_URI']), isset($_SERVER['HTTP_HOST']), getenv('BGWORKERS_ONLY'), isset(getenv()['PATH']) || getenv('PATH') === false,
                is_array($_ENV), $_ENV['BGWORKERS_ONLY'], $_GET + $_POST + $_COOKIE + $_FILES, ini_get('memory_limit')];
            $functions = [];
            foreach (['fastcgi_finish_request', 'getallheaders', 'apache_request_headers', 'apache_response_headers', 'apache_child_terminate', 'frankenphp_finish_request',
                'frankenphp_request_headers', 'frankenphp_response_headers', 'apache_get_modules', 'apache_get_version'] as $function) {
                if (function_exists($function)) { $functions[$function] = $function(); }
            }
            foreach (['apache_note' => ['a', 'b'], 'apache_setenv' => ['a', 'b'], 'apache_getenv' => ['a'], 'apache_lookup_uri' => ['/'], 'virtual' => ['/'],
                'frankenphp_handle_request' => [fn () => 1], 'frankenphp_log' => ['FOREIGN log of the host'], 'apache_reset_timeout' => [], 'headers_send' => [103], 'mercure_publish' => ['a']] as $function => $arguments) {
                if (function_exists($function)) { $functions[$function] = $function(...$arguments); }
            }
            $session = session_start(); $_SESSION['FOREIGN'] = 1; session_destroy();
            $input = [file_get_contents('php://input'), file_get_contents('php://stdin'), fgets(STDIN), filter_input(INPUT_GET, 'n'), filter_input_array(INPUT_SERVER)];
            file_put_contents('php://stdout', "FOREIGN stdout\n");
            file_put_contents('php://output', "FOREIGN output\n");
            fwrite(STDERR, "FOREIGN stderr\n");
            flush(); ob_start(); echo 'FOREIGN buffer'; ob_end_flush(); ob_implicit_flush();
            $state = [headers_sent(), headers_list(), connection_status(), connection_aborted(), ignore_user_abort(true), get_current_user() !== null, getmyuid() !== null, getlastmod() !== null, php_sapi_name()];
            ignore_user_abort(false);
            register_shutdown_function(fn () => print("FOREIGN shutdown\n"));
            header_register_callback(fn () => print("FOREIGN header callback\n"));
            set_time_limit(0);
            header_remove('X-Powered-By'); setrawcookie('FOREIGN', 'raw'); header('Location: /FOREIGN', true, 302); output_add_rewrite_var('FOREIGN', '1'); output_reset_rewrite_vars();
            session_set_cookie_params(1); session_cache_limiter('public'); session_id(); session_regenerate_id(); ob_start(); phpcredits(); ob_end_clean(); ob_get_status(true); ob_list_handlers();
            if (function_exists('request_parse_body')) { try { request_parse_body(); } catch (Throwable $e) { } }
            is_uploaded_file('/etc/passwd'); move_uploaded_file('/etc/passwd', '/nowhere');
            umask_or_not(); http_build_query($_SERVER); error_get_last(); error_clear_last();
            $new = __DIR__ . '/seen.' . getmypid();     // several processes may be at it
            file_put_contents($new, json_encode(compact('own', 'functions', 'input', 'info', 'state', 'session'), JSON_PARTIAL_OUTPUT_ON_ERROR));
            rename($new, __DIR__ . '/seen.json');
            BgWorkers\set_vars(['fixed' => ['a' => 1, 'b' => "ü"]]);
        } while (!BgWorkers\should_stop(0.001));
        function umask_or_not() { try { umask(0); return 'umask'; } catch (Error $e) { return $e->getMessage(); } }
        PHP;

    return [
        'a worker that does all that needs a request puts nothing into any response, and lives on' => function (Scratch $scratch) use ($start, $index, $noisy, $paths, $expect_own) {
            $host = $start($scratch, ['w' => ['code' => $noisy, 'env[BGWORKERS_ONLY]' => 'mine', 'ini[memory_limit]' => '55M']], ['memory_limit' => '99M', 'session.save_path' => $scratch->dir]);
            $scratch->file('index.php', $index);
            $vars = ['fixed' => ['a' => 1, 'b' => 'ü']];
            $expect_own($paths(1), http_get_all($host->address, $paths(1)), $vars);
            $expect_own($paths(1000), http_get_all($host->address, $paths(1000), 16, seconds: 90), $vars);
            $seen = json_decode($scratch->read('seen.json'), true);
            expect_same(['w', false, false, 'mine', true, true, 'mine', [], '55M'], $seen['own'] ?? null, 'what the worker saw of itself');
            expect($seen['info'] > 1000 && $seen['session'] === true && array_slice($seen['input'], 0, 4) === ['', '', false, null], 'phpinfo(), a session and no input in the worker: ' . json_encode($seen));
            foreach ($seen['functions'] as $function => $answer) {
                expect(in_array($answer, [false, []], true) || in_array($function, ['apache_get_modules', 'apache_get_version', 'frankenphp_log'], true), "$function() of a worker answers as without a request, got " . json_encode($answer));
            }
            $log = $host->log();
            foreach (['echo', 'log', 'stdout', 'output', 'stderr', 'buffer'] as $what) {
                expect(str_contains($log, "bgworkers: [w] FOREIGN $what"), "\"FOREIGN $what\" in the log under the worker's name");
            }
            expect(!str_contains($log, 'event=exited'), 'a worker that lives on');
            $host->end('bgworkers: \[w\]');
            expect(!preg_match('/status=[1-9]|event=(killed|stuck|failed)/', $host->log()), 'a worker that ends in order');
        },

        'a worker that dies of a fatal error, the memory limit, exit or an exception dies alone' => function (Scratch $scratch) use ($start, $index, $paths, $expect_own) {
            $host = $start($scratch, ['w' => ['max_consecutive_failures' => -1, 'ini[memory_limit]' => '16M', 'code' => <<<'PHP'
                register_shutdown_function(function () { echo "FOREIGN in shutdown\n"; header('X-Foreign: 1'); });
                BgWorkers\set_vars(['fixed']);
                file_put_contents(__DIR__ . '/runs', 'x', FILE_APPEND);
                switch (filesize(__DIR__ . '/runs') % 6) {
                    case 0: echo 'FOREIGN half a line'; exit('FOREIGN farewell');
                    case 1: no_such_function();
                    case 2: echo strlen(str_repeat('x', 1 << 26));
                    case 3: exit(7);
                    case 4: throw new Exception('FOREIGN exception');
                    case 5: eval('function same() {} function same() {}');
                }
                PHP]], ['memory_limit' => '99M']);
            $scratch->file('index.php', $index);
            $end = microtime(true) + 4;
            do {
                $expect_own($paths(100), http_get_all($host->address, $paths(100)), ['fixed']);
            } while (microtime(true) < $end || strlen($scratch->read('runs')) < 7);
            $host->end('bgworkers: \[w\] (FOREIGN|PHP (Fatal|Warning)|Stack trace|#\d|  thrown)', 'bgworkers: level=(warning|error) worker=w event=(exited|failed|returns_at_once)');
            foreach (['Call to undefined function', 'Allowed memory size of 16777216 bytes', 'FOREIGN exception', 'FOREIGN farewell'] as $cause) {
                expect(str_contains($host->log(), $cause), "\"$cause\" in the log");
            }
        },

        'a first read on every thread at once starts one worker' => function (Scratch $scratch) use ($start, $paths) {
            $host = $start($scratch, ['w' => 'usleep(100000); file_put_contents(__DIR__ . "/runs", getmypid() . "\n", FILE_APPEND); BgWorkers\set_vars([getmypid()]); live();'], []);
            $scratch->file('index.php', '<?php echo BgWorkers\get_vars("w")[0] === getmypid() ? "own" : "stranger";');
            foreach (http_get_all($host->address, $paths(64), 64) as $answer) {
                expect_same('own', $answer?->body, 'answer');
            }
            $runs = array_count_values(explode("\n", trim($scratch->read('runs'))));
            expect_same(1, max($runs), 'workers of one process');
            $host->end();
        },

        'requests see new snapshots and never an older one again' => function (Scratch $scratch) use ($start, $paths) {
            $host = $start($scratch, ['w' => 'for ($i = 1; !BgWorkers\should_stop(0.0005); ++$i) { BgWorkers\set_vars(["n" => $i, "again" => array_fill(0, 50, $i)]); }'], []);
            $scratch->file('index.php', '<?php for ($i = $last = 0; $i < 200; ++$i) { $v = BgWorkers\get_vars("w"); if ($v["n"] < $last || array_unique($v["again"]) !== [$v["n"]]) { exit("torn or old"); } $last = $v["n"]; } echo "ok";');
            foreach (http_get_all($host->address, $paths(400), seconds: 60) as $answer) {
                expect_same('ok', $answer?->body, 'answer');
            }
            $host->end();
        },

        'each request gets the answer to its own task, and a run that dies takes its own task along' => function (Scratch $scratch) use ($start, $paths) {
            $host = $start($scratch, ['pool' => ['num' => 2, 'code' => <<<'PHP'
                while ($task = BgWorkers\receive_task()) {
                    $n = $task->payload['n'];
                    if ($n === 'last') { usleep(20000); file_put_contents(__DIR__ . '/done', "$n\n", FILE_APPEND | LOCK_EX); $task->finish(); continue; }
                    if ($n === '77') { no_such_function(); }
                    $task->update(['half of' => $n]);
                    $task->finish(['n' => $n, 'text' => str_repeat("<$n>", 200)]);
                }
                PHP]], []);
            $scratch->file('index.php', <<<'PHP'
                <?php
                $n = $_GET['n'];
                $task = BgWorkers\send_task('pool', ['n' => $n]);
                try {
                    $update = $task->read();
                    $result = $task->await();
                } catch (BgWorkers\TaskException $e) {
                    exit(str_contains($e->getMessage(), 'no_such_function') ? "died $n" : $e->getMessage());
                }
                ['queued' => $queued, 'tasks' => $facts] = BgWorkers\status()['pool'];
                $whole = $facts['sent'] === $queued + array_sum(array_slice($facts, 1));
                echo $update === ['half of' => $n] && $result === ['n' => $n, 'text' => str_repeat("<$n>", 200)] && $whole ? "own $n" : json_encode([$n, $update, $result, $queued, $facts]);
                PHP);
            $scratch->file('post.php', '<?php for ($i = 0; $i < 5; ++$i) { BgWorkers\post_task("pool", ["n" => "last"]); } echo "posted";');
            foreach (http_get_all($host->address, $paths(400), seconds: 60) as $key => $answer) {
                $n = $key + 1;
                expect_same($n === 77 ? 'died 77' : "own $n", $answer?->body, "answer $n");
            }
            expect_same('posted', $host->get('/post.php'), 'answer of the last');
            $host->end('bgworkers: \[pool\] (PHP Fatal|Stack trace|#\d|  thrown)', 'bgworkers: level=(warning|error) worker=pool event=exited');
            expect_same(str_repeat("last\n", 5), $scratch->read('done'), 'posted tasks that were done before the end');
        },

        'what PHP says of the host\'s settings is not said again for a worker' => function (Scratch $scratch) use ($start) {
            $complaint = 'mbstring\.http_input|Invalid date\.timezone|use_trans_sid';
            $settings = ['display_errors' => '1', 'log_errors' => '1', 'html_errors' => '0', 'mbstring.http_input' => 'UTF-8', 'date.timezone' => 'Nowhere/Land',
                'session.use_trans_sid' => '1'];
            $said = [];
            foreach (['without' => ['plain'], 'with' => ['before x after', 'before y after']] as $way => $expected) {
                $sub = new Scratch();
                try {
                    $host = $start($sub, ['w' => 'BgWorkers\set_vars(["x"]); live();', 'v' => 'BgWorkers\set_vars(["y"]); live();'], $settings, true);
                    $sub->file('without.php', '<?php echo "plain";');
                    $sub->file('with.php', '<?php echo "before ", BgWorkers\get_vars($_GET["n"])[0], " after";');
                    expect_same($expected, array_map(fn ($n) => $host->get("/$way.php?n=$n"), array_slice(['w', 'v'], 0, count($expected))), "answers $way workers");
                    $host->end($complaint);
                    $said[$way] = preg_match_all("~$complaint~", $host->log());
                } finally {
                    $sub->clean();
                }
            }
            expect($said['without'] > 0, 'settings that PHP complains of');
            expect_same($said['without'], $said['with'], 'complaints');
        },

        'stopped under load, with workers busy, it ends in order and in time' => function (Scratch $scratch) use ($start, $paths) {
            $host = $start($scratch, [
                'w' => ['shutdown_grace' => '0.3', 'code' => 'do { BgWorkers\set_vars([microtime(true)]); } while (!BgWorkers\should_stop(0.0001));'],
                'busy' => ['shutdown_grace' => '0.3', 'code' => 'BgWorkers\set_vars([]); while (true) { sha1("x"); }'],
                'asleep' => ['shutdown_grace' => '0.3', 'code' => 'BgWorkers\set_vars([]); while (true) { sleep(100); }'],
                'never' => ['shutdown_grace' => '0.3', 'code' => 'sleep(100);'],
            ], []);
            $scratch->file('index.php', '<?php try { BgWorkers\get_vars(["w", "busy", "asleep"]); BgWorkers\get_vars("never", 0.05); } catch (RuntimeException $e) { } echo "ok";');
            http_get($host->address, '/index.php');
            $start_of_load = microtime(true);
            $code = null;
            http_get_all($host->address, $paths(100000), 8, during: function () use ($host, $start_of_load, &$code) {
                if ($code === null && microtime(true) > $start_of_load + 0.5) {
                    $code = $host->stop();
                    return false;
                }
            });
            expect_same(0, $code, 'exit code of the host');
            expect(microtime(true) - $start_of_load < 12, 'an end in time');
            $host->end('bgworkers: level=warning worker=(busy|asleep|never) event=(killed|exited)', 'no Stack trace');
        },
    ];
}
