<?php
// Apache's event MPM with mod_php: APACHE names the server, MOD_PHP the module built for it.

if (!is_executable((string) getenv('APACHE')) || !is_file((string) getenv('MOD_PHP'))) {
    return 'no Apache with a thread-safe mod_php here (APACHE and MOD_PHP name them)';
}

require_once __DIR__ . '/Apache.php';
require_once __DIR__ . '/../opcache_storm.php';

// For the worker MPM: with one thread a child the event MPM leaves connections waiting for half a minute now and then, with
// and without bgworkers.
$one_thread_a_child = ['ThreadsPerChild 1', 'ServerLimit 3', 'StartServers 3', 'MaxRequestWorkers 3', 'MinSpareThreads 1', 'MaxSpareThreads 3'];

return [
    ...common_cases(fn (Scratch $scratch, array $workers, array $settings, bool $one_thread = false) => $one_thread
        ? Apache::with($scratch, $workers, $settings, [...$one_thread_a_child, 'StartServers 1', 'ServerLimit 1', 'MaxRequestWorkers 1'], 'worker')
        : Apache::with($scratch, $workers, $settings)),
    ...require __DIR__ . '/own_cases.php',
    ...require __DIR__ . '/shared_cases.php',
    ...opcache_storm_cases(function (Scratch $scratch, array $workers, array $settings) use ($one_thread_a_child) {
        $apache = Apache::with($scratch, $workers, $settings, $one_thread_a_child, 'worker');
        return [
            fn (array $paths) => array_map(fn ($answer) => $answer?->body, http_get_all($apache->address, $paths, 4)),
            fn () => $apache->end(),
        ];
    }, current(glob(dirname(getenv('MOD_PHP')) . '/php/extensions/*/opcache.so')) ?: 'opcache'),
];
