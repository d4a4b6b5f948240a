<?php
// Laravel 8: the queue's worker with the database driver on SQLite, and the scheduler.

return [
    ...in_hosts(array_keys(HOSTS), __DIR__ . '/artisan.php', [
        'queue:work runs jobs and ends at the stop' => function (Commands $artisan) {
            $artisan->run('app:push', 'Greet', 'Ada');
            $artisan->start(['queue' => ['queue:work', '--sleep=1']]);
            $artisan->await_note('hello Ada');
            $artisan->run('app:push', 'Greet', 'Grace');
            $artisan->await_note('hello Grace');
            $artisan->stop();
        },
        'a job that hangs is ended by its own alarm' => function (Commands $artisan) {
            $artisan->run('app:push', 'Hang');
            $artisan->run('app:push', 'Greet', 'Ada');
            // Its alarm goes on while it sleeps: a sleep of a second would be one of the things that hang.
            $artisan->start(['queue' => ['queue:work', '--timeout=1', '--sleep=0.2']]);
            $artisan->await_note('hanging');
            $artisan->await_note('hello Ada');
            $told = 'event=exited status=137 .*its own SIGKILL';
            await('line about the end', fn () => $artisan->logged('queue', $told));
            expect_same(1, $artisan->count('hanging'), 'tries of the job that hangs');
            expect_same(['queue' => [137, 0]], $artisan->end(), 'statuses');
        },
        'schedule:run every few seconds' => function (Commands $artisan) {
            $artisan->start(['schedule' => ['schedule:run']], ['num' => 0, 'every' => 2]);
            $artisan->await_note('scheduled', 2);
            $artisan->stop();
        },
    ]),
    ...in_hosts(['cli', 'php-fpm'], __DIR__ . '/artisan.php', [
        'queue:restart ends the worker, and the next run goes on' => function (Commands $artisan) {
            $artisan->run('app:push', 'Greet', 'Ada');
            $artisan->start(['queue' => ['queue:work', '--sleep=1']]);
            $artisan->await_note('hello Ada');
            sleep(1);  // the time of the restart is told in whole seconds
            $artisan->run('queue:restart');
            await('second run', fn () => $artisan->logged('queue', 'event=started run=2'), 30);
            $artisan->run('app:push', 'Greet', 'Grace');
            $artisan->await_note('hello Grace');
            $artisan->stop();
        },
        '--max-time ends runs in order, and leaves no failure' => function (Commands $artisan) {
            $artisan->start(['timed' => ['queue:work', '--max-time=2', '--sleep=1']]);
            await('third run', fn () => $artisan->logged('timed', 'event=started run=3'), 30);
            $artisan->stop();
        },
        '--memory ends a run, and the next one goes on' => function (Commands $artisan) {
            $artisan->start(['queue' => ['queue:work', '--memory=1', '--sleep=1']]);
            foreach (['Ada', 'Grace'] as $name) {
                $artisan->run('app:push', 'Greet', $name);
                $artisan->await_note("hello $name");
            }
            await('status 12', fn () => $artisan->logged('queue', 'event=exited status=12'));
            $artisan->end();
        },
    ]),
];
