<?php
// Each recipe against the real thing.

$free_port = fn (): int => (int) substr(strrchr(free_address(), ':'), 1);

$redis = function (Scratch $scratch, array $arguments, string $log = 'redis.log') use ($free_port): int {
    $port = $free_port();
    $scratch->start(['redis-server', '--port', "$port", '--save', '', '--dir', $scratch->dir, ...$arguments], $log);
    await('redis', fn () => @stream_socket_client("tcp://127.0.0.1:$port"));
    return $port;
};
$cli = fn (int $port, string ...$words): string => trim((string) shell_exec("redis-cli -p $port " . implode(' ', array_map(escapeshellarg(...), $words)) . ' 2>&1'));

$mount = function (Scratch $scratch, string $folder, string $file): callable {
    $version = 0;
    return function (string $content) use ($scratch, $folder, $file, &$version): void {
        $old = '..v' . $version++;
        mkdir($scratch->file("$folder/..v$version"));
        $scratch->file("$folder/..v$version/$file", $content);
        symlink("..v$version", $scratch->file("$folder/..new"));
        rename($scratch->file("$folder/..new"), $scratch->file("$folder/..data"));
        $version === 1 ? symlink("..data/$file", $scratch->file("$folder/$file")) : exec('rm -r ' . escapeshellarg($scratch->file("$folder/$old")));
    };
};

return [
    'each folder has a README, whose walk docs:pages is, and what it needs' => function () {
        foreach (glob(dirname(__DIR__, 3) . '/docs/recipes/*', GLOB_ONLYDIR) as $folder) {
            $name = basename($folder);
            expect(is_file("$folder/README.md"), "a README of $name");
            $sources = implode('', array_map('file_get_contents', glob("$folder/*.php")));
            if (str_contains($sources, 'vendor/autoload.php') && !str_contains($sources, '// require __DIR__')) {
                $needs = json_decode(file_get_contents("$folder/composer.json"), true, flags: JSON_THROW_ON_ERROR)['require'];
                expect(isset($needs['ext-bgworkers']) && count($needs) > 2, "what $name needs");
            }
        }
    },

    'a polled file' => function (Scratch $scratch) {
        $scratch->file('flags.json', '{"checkout": "old"}');
        $site = new Site($scratch, 'recipes/poll-a-file');
        $site->await('the old checkout');
        $scratch->file('flags.json', '{"checkout": "new"}');
        $site->await('the new checkout');
        $scratch->file('flags.json', '{"checkout": ');  // half a file
        usleep(300000);
        expect_same('the new checkout', $site->get(), 'answer while the file is broken');
        $site->stop();
    },

    // As Kubernetes mounts a ConfigMap or a Secret: the file is a link to ..data/file, ..data one to a folder. An update
    // makes a new folder, moves ..data to it and removes the old one.
    'a polled file of a mount that is updated' => function (Scratch $scratch) use ($mount) {
        $update = $mount($scratch, '.', 'flags.json');
        $update('{"checkout": "old"}');
        $site = new Site($scratch, 'recipes/poll-a-file');
        $site->await('the old checkout');
        $update('{"checkout": "new"}');
        $site->await('the new checkout', seconds: 5);
        $update('{"checkout": "old"}');
        $site->await('the old checkout', seconds: 5);
        $site->stop();
    },

    'a polled file of a release, and a deploy' => function (Scratch $scratch) {
        foreach (['old', 'new'] as $release) {
            mkdir($scratch->file("releases/$release"), recursive: true);
            $scratch->file("releases/$release/flags.json", json_encode(['checkout' => $release]));
        }
        symlink('releases/old', $scratch->file('current'));
        symlink('current/flags.json', $scratch->file('flags.json'));
        $site = new Site($scratch, 'recipes/poll-a-file');
        $site->await('the old checkout');
        exec('cd ' . escapeshellarg($scratch->dir) . ' && ln -sfn releases/new current && rm -r releases/old');
        $site->await('the new checkout', seconds: 5);
        $site->stop();
    },

    'Redis, and two machines that follow one' => function (Scratch $scratch) use ($redis, $cli) {
        $port = $redis($scratch, []);
        $cli($port, 'hset', 'flags', 'checkout', 'old');
        $env = ['REDIS_URL' => "tcp://127.0.0.1:$port"];
        $sites = [new Site($scratch, 'recipes/redis', $env), new Site($scratch, 'recipes/redis', $env, 'second.out')];
        foreach ($sites as $site) {
            $site->await('the old checkout');
        }
        $cli($port, 'hset', 'flags', 'checkout', 'new');
        expect_same('2', $cli($port, 'publish', 'flags', 'changed'), 'subscribers');
        foreach ($sites as $site) {
            $site->await('the new checkout');
        }
        $cli($port, 'client', 'kill', 'type', 'pubsub');  // a broken connection: the next run connects anew
        $cli($port, 'hset', 'flags', 'checkout', 'old');
        $sites[0]->await('the old checkout');
        await('subscribers', fn () => $cli($port, 'publish', 'flags', 'changed') === '2');
        $sites[0]->stop();
        $sites[1]->stop('second.out');
    },

    'Redis Sentinel: a failover reaches the requests' => function (Scratch $scratch) use ($redis, $cli, $free_port) {
        $first = $redis($scratch, []);
        $second = $redis($scratch, ['--replicaof', "127.0.0.1 $first"], 'replica.log');
        $sentinel = $free_port();
        $config = $scratch->file('sentinel.conf', "port $sentinel\ndir $scratch->dir\nsentinel monitor mymaster 127.0.0.1 $first 1\n"
            . "sentinel down-after-milliseconds mymaster 1000\nsentinel failover-timeout mymaster 5000\n");
        $scratch->start(['redis-sentinel', $config], 'sentinel.log');
        await('a replica that is known', fn () => str_contains($cli($sentinel, 'sentinel', 'replicas', 'mymaster'), (string) $second)
            && str_contains($cli($second, 'info', 'replication'), 'master_link_status:up'), 30);
        $site = new Site($scratch, 'recipes/redis-sentinel', ['SENTINELS' => "127.0.0.1:$sentinel"]);
        $site->await("127.0.0.1:$first");
        await('a failover', fn () => $cli($sentinel, 'sentinel', 'failover', 'mymaster') === 'OK', 30);
        $site->await("127.0.0.1:$second", seconds: 30);
        $site->stop();
    },

    'a secret that rotates' => function (Scratch $scratch) {
        mkdir($scratch->file('secrets'));
        $scratch->file('secrets/password', "first\n");
        $site = new Site($scratch, 'recipes/rotating-secret');
        $site->await(hash('sha256', 'first'));
        $scratch->file('next', "second\n");
        rename($scratch->file('next'), $scratch->file('secrets/password'));
        $site->await(hash('sha256', 'second'));
        rename($scratch->file('secrets/password'), $scratch->file('gone'));
        await('a run without a secret', fn () => str_contains($scratch->read('server.out'), 'there is no password'));
        expect_same(hash('sha256', 'second'), $site->get(), 'password while there is none on disk');
        $scratch->file('next', "third\n");
        rename($scratch->file('next'), $scratch->file('secrets/password'));
        $site->await(hash('sha256', 'third'));
        expect(!str_contains($scratch->read('server.out'), 'second'), 'no secret in the log');
        $site->stop();
    },

    'a secret of a mount that rotates' => function (Scratch $scratch) use ($mount) {
        mkdir($scratch->file('secrets'));
        $update = $mount($scratch, 'secrets', 'password');
        $update("first\n");
        $site = new Site($scratch, 'recipes/rotating-secret');
        $site->await(hash('sha256', 'first'));
        foreach (['second', 'third'] as $password) {
            $update("$password\n");
            $site->await(hash('sha256', $password), seconds: 5);
        }
        expect(!str_contains($scratch->read('server.out'), 'there is no password'), 'no run without a secret');
        $site->stop();
    },

    'server-sent events of the server that comes with the recipe' => function (Scratch $scratch) {
        $address = free_address();
        $scratch->file('events', 'old');
        $site = new Site($scratch, 'recipes/server-sent-events', ['FLAGS_URL' => "http://$address/events.php"]);
        $scratch->start([getenv('PHP'), '-n', '-S', $address, '-t', $scratch->dir], 'events.out');
        $site->await('the old checkout', seconds: 30);
        $scratch->file('events', 'new');
        $site->await('the new checkout');
        $site->stop();
    },

    'server-sent events of a server that sends chunks to whoever takes them' => function (Scratch $scratch) {
        $address = free_address();
        $scratch->file('chunks.php', <<<'PHP'
            <?php
            $server = stream_socket_server("tcp://$argv[1]");
            while ($client = stream_socket_accept($server, -1)) {
                $request = '';
                while (!str_contains($request, "\r\n\r\n") && !feof($client)) { $request .= fread($client, 8192); }
                if ($request === '') { continue; }
                $chunks = str_contains($request, 'HTTP/1.1');
                fwrite($client, 'HTTP/1.1 200 OK' . "\r\nContent-Type: text/event-stream\r\n" . ($chunks ? "Transfer-Encoding: chunked\r\n" : '') . "\r\n");
                foreach (['old', 'new'] as $checkout) {
                    $event = "data: {\"checkout\": \"$checkout\"}\n\n";
                    fwrite($client, $chunks ? dechex(strlen($event)) . "\r\n$event\r\n" : $event);
                    while (!file_exists(__DIR__ . "/after-$checkout")) { usleep(5000); }
                }
            }
            PHP);
        $scratch->start([getenv('PHP'), '-n', $scratch->file('chunks.php'), $address], 'events.out');
        await('event server', fn () => @stream_socket_client("tcp://$address"));
        $site = new Site($scratch, 'recipes/server-sent-events', ['FLAGS_URL' => "http://$address/"]);
        $site->await('the old checkout', seconds: 30);
        $scratch->file('after-old', '');
        $site->await('the new checkout');
        $site->stop();
    },

    'server-sent events' => function (Scratch $scratch) {
        $address = free_address();
        // A server that says what is in a file, whenever it changes, and ends the stream when told to.
        $scratch->file('events.php', <<<'PHP'
            <?php
            header('Content-Type: text/event-stream');
            for ($last = '', $end = microtime(true) + 20; microtime(true) < $end; usleep(5000)) {
                $now = (string) @file_get_contents(__DIR__ . '/events');
                if ($now === 'end') { exit; }
                if ($now !== $last) { echo ": a comment\r\n\r\nevent: flags\r\ndata: {\r\ndata: \"checkout\": \"$now\"}\r\n\r\n"; flush(); }
                $last = $now;
                if (connection_aborted()) { exit; }
            }
            PHP);
        // By a rename: a file that is written in place is empty for a moment, and the server would say so.
        $say = fn (string $what) => rename($scratch->file('events.next', $what), $scratch->file('events'));
        $say('old');
        $scratch->start([getenv('PHP'), '-n', '-S', $address, '-t', $scratch->dir], 'events.out');
        await('event server', fn () => @stream_socket_client("tcp://$address"));
        $site = new Site($scratch, 'recipes/server-sent-events', ['FLAGS_URL' => "http://$address/events.php"]);
        $site->await('the old checkout');
        $say('new');
        $site->await('the new checkout');
        $say('end');
        await('the end of the stream', fn () => str_contains($scratch->read('server.out'), 'the server has ended the stream'));
        expect_same('the new checkout', $site->get(), 'answer without a server');
        $say('old');
        $site->await('the old checkout');
        $site->stop();
    },

    'one entry script for many workers' => function (Scratch $scratch) {
        $scratch->file('rates.json', '{"EUR": 1.08}');
        $scratch->file('missing.php', '<?php try { BgWorkers\get_vars("no-such", 10); } catch (BgWorkers\WorkerException $e) { echo $e->getMessage(); }');
        $site = new Site($scratch, 'recipes/one-entry-script');
        expect(preg_match('/^\d\d:\d\d:\d\d 1\.08$/', $site->get()) === 1, 'time and rate: ' . $site->get());
        $told = $site->get('missing.php');
        expect(str_contains($told, 'no background worker "no-such"; there are: clock, exchange-rates'), "a clear error: $told");
        $site->server->signal(SIGINT);
        expect_same(0, $site->server->wait(), 'exit code');
    },

    'a consumer of Symfony Messenger' => function (Scratch $scratch) {
        $site = new Site($scratch, 'recipes/messenger');
        $site->await('{"\/":1}');
        foreach (['a', 'b', 'a', 'a'] as $number => $page) {
            $scratch->file('next', json_encode(['page' => $page]));
            // Counted is not yet acknowledged: the name of the recipe's own message may still be unlinked.
            rename($scratch->file('next'), $scratch->file("spool/page-$number.json"));
        }
        $site->await('{"\/":1,"a":3,"b":1}');
        await('the last message is acknowledged', fn () => glob($scratch->file('spool/*')) === []);
        $site->stop();
    },

    'an event loop' => function (Scratch $scratch) {
        $site = new Site($scratch, 'recipes/amphp');
        await('ticks', fn () => (int) $site->get() > 3);
        $site->stop();
    },

    'the same application with and without the extension' => function (Scratch $scratch) {
        foreach (['poll-a-file', 'without-the-extension'] as $recipe) {  // the page is the latter's
            foreach (glob(dirname(__DIR__, 3) . "/docs/recipes/$recipe/*") as $file) {
                copy($file, $scratch->file(basename($file)));
            }
        }
        $root = posix_getuid() === 0 ? "user = root\ngroup = root\n" : '';
        foreach (['with' => ['-d', 'extension=' . getenv('EXTENSION'), '-d', "bgworkers.config=$scratch->dir/workers.ini"], 'without' => []] as $how => $options) {
            $scratch->file('flags.json', '{"checkout": "old"}');
            $conf = $scratch->file("$how.conf", "[global]\nerror_log = $scratch->dir/$how.log\n[www]\n{$root}listen = $scratch->dir/$how.sock\npm = static\npm.max_children = 1\n");
            $fpm = $scratch->start([getenv('PHP_FPM'), '-n', ...$options, ...($root ? ['-R'] : []), '-F', '-y', $conf], "$how.out");
            $ask = fn () => trim(fastcgi_get("$scratch->dir/$how.sock", $scratch->file('index.php')));
            await('php-fpm', fn () => @stream_socket_client("unix://$scratch->dir/$how.sock"));
            expect_same('the old checkout', $ask(), "first answer $how the extension");
            $scratch->file('flags.json', '{"checkout": "new"}');
            await("the new checkout $how the extension", fn () => $ask() === 'the new checkout');
            $fpm->signal(SIGTERM);
            expect_same(0, $fpm->wait(), "exit code $how the extension");
        }
    },

    ...require __DIR__ . '/tasks.php',
];
