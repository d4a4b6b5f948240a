<?php
// Symfony 5.4: Console with its signal registry, Messenger with a transport in SQLite, caches, ErrorHandler; Amp 2.

$cases = [];
foreach (['cli', 'php-fpm'] as $host) {
    $start = $host === 'cli' ? 'in_cli' : 'in_fpm';
    $cases += [
        "$host: messenger:consume handles messages and ends at the stop" => function (Scratch $scratch) use ($start) {
            $console = new Consumers($scratch, __DIR__ . '/console.php');
            $console->run('app:greet', 'Ada');
            $console->$start(['consumer' => ['messenger:consume', 'async']]);
            $console->await_note('hello Ada');
            $console->run('app:greet', 'Grace');
            $console->await_note('hello Grace');
            $console->stop('consumer');
        },
        "$host: messenger:consume --limit ends by itself and is run again" => function (Scratch $scratch) use ($start) {
            $console = new Consumers($scratch, __DIR__ . '/console.php');
            foreach (['1', '2', '3'] as $name) {
                $console->run('app:greet', $name);
            }
            $console->$start(['consumer' => ['messenger:consume', 'async', '--limit=1']]);
            foreach (['1', '2', '3'] as $name) {
                $console->await_note("hello $name");
            }
            $console->stop('consumer');
        },
        "$host: a command that subscribes to signals hears of the stop" => function (Scratch $scratch) use ($start) {
            $console = new Consumers($scratch, __DIR__ . '/console.php');
            $console->$start(['watch' => ['app:watch']]);
            $console->await_note('watching');
            $console->stop('watch');
            expect_same(1, $console->count('signal ' . SIGTERM), 'signals');
            expect_same(1, $console->count('watched'), 'ends in order');
        },
        "$host: a loop that watches signals by itself ends at the stop" => function (Scratch $scratch) use ($start) {
            $console = new Consumers($scratch, __DIR__ . '/console.php');
            $console->$start(['loop' => ['app:loop']]);
            $console->await_note('looping');
            $console->stop('loop');
            expect_same(1, $console->count('the loop has heard'), 'signals');
        },
        "$host: caches in files are written and read" => function (Scratch $scratch) use ($start) {
            $console = new Consumers($scratch, __DIR__ . '/console.php');
            $console->$start(['cache' => ['app:cache']], ['shutdown_grace' => 0]);
            $console->await_note('number 1');
            foreach (['cache', 'twig'] as $folder) {
                $files = new RecursiveIteratorIterator(new RecursiveDirectoryIterator($scratch->file($folder)));
                $modes = array_unique(array_map(fn ($file) => decoct($file->getPerms() & 0777),
                    array_filter(iterator_to_array($files), fn ($file) => $file->isFile())));
                expect_same([decoct(0666 & ~umask())], array_values($modes), "modes of files in $folder");
            }
        },
        "$host: ErrorHandler ends the run, and the cause is told" => function (Scratch $scratch) use ($start) {
            $console = new Consumers($scratch, __DIR__ . '/console.php');
            $console->$start(['broken' => ['app:broken']], ['max_consecutive_failures' => 1]);
            $told = '/event=exited status=255 .*error="DomainException: the database is gone/';
            await('cause', fn () => preg_match($told, $scratch->read('host.log')));
        },
    ];
}
return $cases;
