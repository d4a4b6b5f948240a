<?php
// Symfony 5.4: Console with its signal registry, Messenger with a transport in SQLite.

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
    ];
}
return $cases;
