<?php
// The way to a thread-safe php-fpm, walked from a bare Debian to a worker that answers.

require_once dirname(__DIR__) . '/page.php';
require_once __DIR__ . '/image.php';

if (!getenv('BGWORKERS_ALL_TESTS')) {
    return [];      // it builds a PHP
}

return [
    'the Dockerfile of docs/hosts/php-fpm.md, step by step on a bare Debian' => function (Scratch $scratch) {
        posix_getuid() === 0 || throw new Skipped('debootstrap wants root');
        $root = dirname(__DIR__, 3);
        $page = new Page('docs/hosts/php-fpm.md');
        $start = new Page('docs/getting-started.md');

        // Beside the Dockerfile: this tree, the page's php-fpm.conf, and the application of "The first ten minutes".
        mkdir($scratch->file('app'));
        mkdir($scratch->file('bgworkers'));
        exec("cd $root && cp -R config.m4 src php_stubs bin $scratch->dir/bgworkers/");
        $conf = str_replace('listen = 9000', 'listen = /run/app.sock', $page->take('ini', '; php-fpm.conf'), $listens);
        expect_same(1, $listens, 'lines that say where to listen');
        $scratch->file('php-fpm.conf', $conf);
        $scratch->file('app/worker.php', $start->take('php', 'sys_getloadavg()'));
        $scratch->file('app/index.php', $start->take('php', 'get_vars(\'clock\')'));
        $scratch->file('app/workers.ini', $start->take('ini', 'shared = 1'));

        $image = new Image($scratch, $scratch->file('tree'), $scratch->dir);
        $image->build($page->take('dockerfile', 'FROM'));
        expect(str_contains($image->run('php-fpm -i'), 'Thread Safety => enabled'), 'a php-fpm that is thread-safe');
        $checked = $image->run('bgworkers check /srv/app/workers.ini');
        expect(str_contains($checked, 'is in order; declared: clock'), "the command: $checked");

        $server = $image->start($image->command, 'php-fpm.log');
        await('php-fpm', fn () => @stream_socket_client("unix://$image->tree/run/app.sock"));
        $ask = fn () => trim(fastcgi_get("$image->tree/run/app.sock", '/srv/app/index.php'));
        expect(preg_match('/^turn \d+, load [\d.]+$/', $ask()) === 1, 'an answer: ' . $ask());
        await('a worker that goes on', fn () => (int) substr($ask(), strlen('turn ')) > 1);
        $logged = fn (string $words) => str_contains($scratch->read('php-fpm.log'), $words);
        await('the log of the worker', fn () => $logged('worker=clock event=ready'));
        posix_kill($server->children()[0], constant($image->stopSignal));
        expect_same(0, $server->wait(30), 'exit status after the stop signal');
        expect($logged('worker=clock event=exited status=0'), 'a worker that was asked to stop');
    },
];
