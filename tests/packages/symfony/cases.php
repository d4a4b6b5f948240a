<?php
// Symfony 5.4: Console with its signal registry, Messenger with transports in SQLite and Redis, caches, ErrorHandler;
// Amp 2.

$consume = fn (string $transport) => function (Commands $console, Scratch $scratch) use ($transport): void {
    if ($transport === 'redis') {
        $socket = $scratch->file('redis.sock');
        $options = ['--port', '0', '--unixsocket', $socket, '--unixsocketperm', '777', '--save', ''];
        $scratch->start(['redis-server', ...$options], 'redis.log');
        await('redis-server', fn () => @stream_socket_client("unix://$socket"));
    }
    $console->run('app:greet', 'Ada', "--transport=$transport");
    $console->start(['consumer' => ['messenger:consume', $transport]]);
    $console->await_note('hello Ada');
    $console->run('app:greet', 'Grace', "--transport=$transport");
    $console->await_note('hello Grace');
    $console->stop();
};

return [
    ...in_hosts(array_keys(HOSTS), __DIR__ . '/console.php', [
        'messenger:consume handles messages and ends at the stop' => $consume('async'),
        'messenger:consume does so with Redis' => $consume('redis'),
        'a command that subscribes to signals hears of the stop' => function (Commands $console) {
            $console->start(['watch' => ['app:watch']]);
            $console->await_note('watching');
            $console->stop();
            expect_same(1, $console->count('signal ' . SIGTERM), 'signals');
            expect_same(1, $console->count('watched'), 'ends in order');
        },
        'a loop that watches signals by itself ends at the stop' => function (Commands $console) {
            $console->start(['loop' => ['app:loop']]);
            $console->await_note('looping');
            $console->stop();
            expect_same(1, $console->count('the loop has heard'), 'signals');
        },
        'ErrorHandler ends the run, and the cause is told' => function (Commands $console) {
            $console->start(['broken' => ['app:broken']], ['max_consecutive_failures' => 1]);
            $told = 'event=exited status=255 .*error="DomainException: the database is gone';
            await('cause', fn () => $console->logged('broken', $told));
            expect_same(['broken' => [255]], $console->end(), 'statuses');
        },
    ]),
    ...in_hosts(['cli', 'php-fpm'], __DIR__ . '/console.php', [
        'messenger:consume --limit ends by itself and is run again' => function (Commands $console) {
            foreach (['1', '2', '3'] as $name) {
                $console->run('app:greet', $name);
            }
            $console->start(['consumer' => ['messenger:consume', 'async', '--limit=1']]);
            foreach (['1', '2', '3'] as $name) {
                $console->await_note("hello $name");
            }
            $console->stop();
        },
        'caches in files are written and read' => function (Commands $console, Scratch $scratch) {
            $console->start(['cache' => ['app:cache']], ['shutdown_grace' => 0]);
            $console->await_note('number 1');
            foreach (['cache', 'twig'] as $folder) {
                $files = new RecursiveIteratorIterator(new RecursiveDirectoryIterator($scratch->file($folder)));
                $modes = array_unique(array_map(fn ($file) => decoct($file->getPerms() & 0777),
                    array_filter(iterator_to_array($files), fn ($file) => $file->isFile())));
                expect_same([decoct(0666 & ~umask())], array_values($modes), "modes of files in $folder");
            }
            $console->end();
        },
    ]),
    ...in_hosts(['embed'], __DIR__ . '/console.php', [
        'where PHP ends and begins again in one process, the command is stopped and runs again' =>
            function (Commands $console) {
                $console->start(['watch' => ['app:watch']]);
                $console->await_note('watching');
                $console->begin_again();
                $console->await_note('watching', 2);
                $console->stop();
                expect_same(2, $console->count('signal ' . SIGTERM), 'signals');
                expect_same(2, $console->count('watched'), 'ends in order');
            },
    ]),
];
