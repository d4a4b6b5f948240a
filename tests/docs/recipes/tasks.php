<?php
// The recipes in which requests send tasks. Needs $free_port, $redis and $cli of cases.php.

$post = function (Site $site, string $path, array $fields): string {
    $context = stream_context_create(['http' => ['method' => 'POST', 'content' => http_build_query($fields),
        'ignore_errors' => true, 'header' => "Content-Type: application/x-www-form-urlencoded\r\n"]]);
    $body = file_get_contents("http://$site->address/$path", false, $context);
    return explode(' ', $http_response_header[0])[1] . ' ' . trim($body);
};
$events = function (string $text): array {
    preg_match_all('/^event: (\w+)\ndata: (.*)$/m', $text, $found, PREG_SET_ORDER);
    return array_map(fn ($event) => [$event[1], json_decode($event[2], true, flags: JSON_THROW_ON_ERROR)], $found);
};
/** A request whose answer the caller reads, or does not. */
$ask = function (Site $site, string $path) {
    $browser = stream_socket_client("tcp://$site->address");
    fwrite($browser, "GET /$path HTTP/1.0\r\n\r\n");
    return $browser;
};

return [
    'a task streamed to the browser, as shipped' => function (Scratch $scratch) use ($events) {
        $site = new Site($scratch, 'recipes/stream-a-task');
        expect_same([
            ['match', ['document' => 'snapshots.txt', 'line' => 1, 'text' => 'A worker publishes a snapshot.']],
            ['match', ['document' => 'snapshots.txt', 'line' => 3, 'text' => 'The next snapshot replaces it.']],
            ['match', ['document' => 'tasks.txt', 'line' => 3,
                'text' => 'A result is read without a copy, like a snapshot.']],
            ['done', ['matches' => 3, 'documents' => 2]],
        ], $events($site->get('search.php?word=snapshot')), 'events');
        expect(str_contains($site->get('index.php?word=%3Cb%3E'), 'value="&lt;b&gt;"'), 'a page with the word in it');
        $site->stop();
    },

    'a task streamed to a browser that reads slowly, or goes away' => function (Scratch $scratch) use ($ask, $events) {
        // More than a connection holds, but searched at once if nothing slows the worker down. Two are shipped.
        mkdir($scratch->file('documents'));
        foreach (range(1000, 2999) as $number) {
            $scratch->file("documents/$number.txt", "the word $number " . str_repeat('.', 6000) . "\n");
        }
        $site = new Site($scratch, 'recipes/stream-a-task');
        $browser = $ask($site, 'search.php?word=word');
        sleep(1);
        $seen = $events(stream_get_contents($browser));
        expect_same(['done', ['matches' => 2000, 'documents' => 2002]], end($seen), 'the last event');
        $numbers = array_map(fn ($event) => (int) explode(' ', $event[1]['text'])[2], array_slice($seen, 0, -1));
        expect_same(range(1000, 2999), $numbers, 'matches, in order');

        $browser = $ask($site, 'search.php?word=word');
        expect(str_contains(fread($browser, 8192), '200 OK'), 'a stream');
        sleep(1);
        expect(!str_contains($scratch->read('server.out'), 'given up'), 'a worker that waits for the browser');
        fclose($browser);
        await('the end of the search', function () use ($scratch) {
            $told = preg_match('/given up after (\d+) documents/', $scratch->read('server.out'), $match);
            return $told && $match[1] < 2000;
        });
        expect(str_contains($site->get('search.php?word=1234'), '"matches":1'), 'a search after it');
        $site->stop();
    },

    'a task streamed to a browser that goes away while nothing is found' => function (Scratch $scratch) use ($ask) {
        mkdir($scratch->file('documents'));
        posix_mkfifo($scratch->file('documents/1.txt'), 0600);       // a document that takes long
        $scratch->file('documents/2.txt', 'never read');
        $site = new Site($scratch, 'recipes/stream-a-task');
        $browser = $ask($site, 'search.php?word=word');
        $text = '';
        await('a sign of life', function () use ($browser, &$text) {
            return str_contains($text .= fread($browser, 8192), ": nothing new\n\n");
        });
        fclose($browser);
        sleep(5);                                                   // two more: the second finds the connection broken
        file_put_contents($scratch->file('documents/1.txt'), 'no match');
        await('the end of the search', function () use ($scratch) {
            return str_contains($scratch->read('server.out'), 'given up after 1 documents');
        });
        $site->stop();
    },

    'publishing through the worker' => function (Scratch $scratch) use ($post) {
        $scratch->file('storm.php', '<?php
            $tasks = array_map(fn ($i) => BgWorkers\send_task("flags", ["flag" => "f$i", "on" => true]), range(0, 99));
            BgWorkers\await_tasks($tasks);
            echo array_sum(BgWorkers\get_vars("flags"));');
        $site = new Site($scratch, 'recipes/publish-through-the-worker');
        $site->await("dark-mode off\nnew-checkout off");
        $answer = $post($site, '', ['flag' => 'dark-mode', 'on' => 1]);
        expect_same("200 dark-mode on\nnew-checkout off", $answer, 'the answer');
        expect_same("dark-mode on\nnew-checkout off", $site->get(), 'the next request');
        expect_same('{"dark-mode":true,"new-checkout":false}', $scratch->read('flags.json'), 'the file');
        $answer = $post($site, '', ['flag' => 'drak-mode', 'on' => 1]);
        expect_same('422 there is no flag "drak-mode"', $answer, 'a wrong name');
        expect_same("200 dark-mode off\nnew-checkout off", $post($site, '', ['flag' => 'dark-mode']), 'off again');
        $site->stop();

        $scratch->file('flags.json', json_encode(array_fill_keys(array_map(fn ($i) => "f$i", range(0, 99)), false)));
        $site = new Site($scratch, 'recipes/publish-through-the-worker');
        expect_same('100', $site->get('storm.php'), 'changes of a hundred');
        expect_same(100, array_sum(json_decode($scratch->read('flags.json'), true)), 'changes in the file');
        $site->stop();
    },

    'publishing through a worker in each of several processes' => function (Scratch $scratch) use ($post) {
        $scratch->file('workers.ini', "[flags]\nscript = worker-of-several.php\n");
        $scratch->file('flags.json', json_encode(array_fill_keys(array_map(fn ($i) => "f$i", range(0, 99)), false)));
        $scratch->file('half.php', '<?php
            for ($i = (int) $_GET["from"]; $i < 100; $i += 2) {
                BgWorkers\send_task("flags", ["flag" => "f$i", "on" => true])->await();
            }');
        $sites = [new Site($scratch, 'recipes/publish-through-the-worker'),
            new Site($scratch, 'recipes/publish-through-the-worker', [], 'second.out')];
        $halves = array_map(fn ($site, $from) => stream_socket_client("tcp://$site->address"), $sites, [0, 1]);
        foreach ($halves as $from => $half) {
            fwrite($half, "GET /half.php?from=$from HTTP/1.0\r\n\r\n");
        }
        foreach ($halves as $half) {
            expect(str_contains(stream_get_contents($half), '200 OK'), 'a half');
        }
        expect_same(100, array_sum(json_decode($scratch->read('flags.json'), true)), 'changes in the file');
        foreach ($sites as $site) {
            await('all changes', fn () => substr_count($site->get(), ' on') === 100);
        }
        expect_same('422 there is no flag "no"', $post($sites[0], '', ['flag' => 'no', 'on' => 1]), 'a wrong name');
        $sites[0]->stop();
        $sites[1]->stop('second.out');
    },

    'memoise: no stampede, and anew after a change' => function (Scratch $scratch) use ($post) {
        // Sixteen threads that ask at the same moment, as requests of a threaded host do.
        $scratch->file('asker.php', '<?php
            while (!is_file("go")) { usleep(1000); clearstatcache(); }
            file_put_contents("asked", BgWorkers\get_vars("report-2025")["total"] . "\n", FILE_APPEND);
            BgWorkers\should_stop(INF);');
        $scratch->file('start.php', '<?php BgWorkers\get_vars("asker", 0);');
        $scratch->file('done.php', '<?php echo BgWorkers\status()["report-2025"]["tasks"]["done"];');
        $shipped = file_get_contents(dirname(__DIR__, 3) . '/docs/recipes/memoise/workers.ini');
        $scratch->file('workers.ini', "$shipped\n[asker]\nscript = asker.php\nnum = 16\n");
        $site = new Site($scratch, 'recipes/memoise');
        $site->get('start.php');
        $scratch->file('go', '');
        await('sixteen answers', fn () => $scratch->read('asked') === str_repeat("120\n", 16));
        $computed = fn (int $year): int => substr_count($scratch->read('server.out'), "computing the report of $year");
        expect_same(1, $computed(2025), 'computations for sixteen');

        $start = microtime(true);
        expect_same('120', $site->get('index.php?year=2025'), 'the next request');
        expect(microtime(true) - $start < 0.9, 'at once');
        expect_same('7', $site->get('index.php?year=2026'), 'another key');
        foreach (range(1, 10) as $amount) {
            expect_same('200 sold', $post($site, '?year=2025', ['amount' => $amount]), 'a change');
        }
        $site->await('175', 'index.php?year=2025');
        $site->await('10', 'done.php');
        expect($computed(2025) <= 4 && $computed(2026) === 1, "not once for each change, but {$computed(2025)} times");
        expect_same('no such year', $site->get('index.php?year=x'), 'a key that is none');
        $site->stop();
    },

    'memoise: more keys than workers' => function (Scratch $scratch) use ($post) {
        $shipped = file_get_contents(dirname(__DIR__, 3) . '/docs/recipes/memoise/workers.ini');
        $scratch->file('workers.ini', preg_replace('/^max_threads.*/m', 'max_threads = 1', $shipped, count: $limits));
        expect_same(1, $limits, 'limits in the file');
        $site = new Site($scratch, 'recipes/memoise');
        expect_same('120', $site->get('index.php?year=2025'), 'a key with a worker');
        expect_same('7', $site->get('index.php?year=2026'), 'a key without one');
        expect_same('200 sold', $post($site, '?year=2026', ['amount' => 1]), 'a change');
        expect_same('8', $site->get('index.php?year=2026'), 'the same after it');
        $site->stop();
    },

    'an event loop that takes tasks and listens to Redis' => function (Scratch $scratch) use ($redis, $cli) {
        $port = $redis($scratch, []);
        [$old, $new] = [free_address(), free_address()];
        foreach ([$old, $new] as $address) {
            $server = dirname(__DIR__, 3) . '/docs/recipes/amphp-tasks/server.php';
            $scratch->start([getenv('PHP'), '-n', $server, $address], 'slow.out');
            await('a slow server', fn () => @stream_socket_client("tcp://$address"));
        }
        $env = ['REDIS_URL' => "tcp://127.0.0.1:$port", 'SERVER' => $old];
        $site = new Site($scratch, 'recipes/amphp-tasks', $env);
        $answers = fn (string $server): string => implode("\n", array_map(
            fn ($word) => "$word: " . strrev($word) . " ($server)",
            ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight']));
        $site->await($answers($old));
        $start = microtime(true);
        expect_same($answers($old), $site->get(), 'answers');
        $took = microtime(true) - $start;
        expect($took < 2.0, "all at once, in half a second, not one after the other, in 4: $took s");
        await('a subscriber', fn () => $cli($port, 'publish', 'server', $new) === '1');
        $site->await($answers($new));
        $site->stop();
    },
];
