<?php
// Laravel 8: the queue's worker with the database driver on SQLite, and the scheduler.

$cases = [];
foreach (['cli', 'php-fpm'] as $host) {
    $start = $host === 'cli' ? 'in_cli' : 'in_fpm';
    $cases += [
        "$host: queue:work runs jobs and ends at the stop" => function (Scratch $scratch) use ($start) {
            $artisan = new Consumers($scratch, __DIR__ . '/artisan.php');
            $artisan->run('app:push', 'Greet', 'Ada');
            $artisan->$start(['queue' => ['queue:work', '--sleep=1']]);
            $artisan->await_note('hello Ada');
            $artisan->run('app:push', 'Greet', 'Grace');
            $artisan->await_note('hello Grace');
            $artisan->stop('queue');
        },
        "$host: a job that hangs is ended by its own alarm" => function (Scratch $scratch) use ($start) {
            $artisan = new Consumers($scratch, __DIR__ . '/artisan.php');
            $artisan->run('app:push', 'Hang');
            $artisan->run('app:push', 'Greet', 'Ada');
            $artisan->$start(['queue' => ['queue:work', '--timeout=1', '--sleep=1']]);
            $artisan->await_note('hanging');
            $artisan->await_note('hello Ada');
            await('line about the end', fn () => str_contains($scratch->read('host.log'), 'ended by its own SIGKILL'));
            expect_same(1, $artisan->count('hanging'), 'tries of the job that hangs');
        },
        "$host: queue:restart ends the worker, and the next run goes on" => function (Scratch $scratch) use ($start) {
            $artisan = new Consumers($scratch, __DIR__ . '/artisan.php');
            $artisan->run('app:push', 'Greet', 'Ada');
            $artisan->$start(['queue' => ['queue:work', '--sleep=1']]);
            $artisan->await_note('hello Ada');
            sleep(1);  // the time of the restart is told in whole seconds
            $artisan->run('queue:restart');
            await('second run', fn () => str_contains($scratch->read('host.log'), 'event=started run=2'), 30);
            $artisan->run('app:push', 'Greet', 'Grace');
            $artisan->await_note('hello Grace');
            $artisan->stop('queue');
        },
        "$host: --max-time ends runs in order, and leaves no failure" => function (Scratch $scratch) use ($start) {
            $artisan = new Consumers($scratch, __DIR__ . '/artisan.php');
            $artisan->$start(['timed' => ['queue:work', '--max-time=2', '--sleep=1']]);
            await('third run', fn () => str_contains($scratch->read('host.log'), 'event=started run=3'), 30);
            $artisan->stop('timed');
        },
        "$host: --memory ends a run, and the next one goes on" => function (Scratch $scratch) use ($start) {
            $artisan = new Consumers($scratch, __DIR__ . '/artisan.php');
            $artisan->$start(['queue' => ['queue:work', '--memory=1', '--sleep=1']]);
            foreach (['Ada', 'Grace'] as $name) {
                $artisan->run('app:push', 'Greet', $name);
                $artisan->await_note("hello $name");
            }
            expect(str_contains($scratch->read('host.log'), 'event=exited status=12'), 'status 12');
        },
        "$host: schedule:run every few seconds" => function (Scratch $scratch) use ($start) {
            $artisan = new Consumers($scratch, __DIR__ . '/artisan.php');
            $artisan->$start(['schedule' => ['schedule:run']], ['num' => 0, 'every' => 2]);
            $artisan->await_note('scheduled', 2);
            $artisan->stop('schedule');
        },
    ];
}
return $cases;
