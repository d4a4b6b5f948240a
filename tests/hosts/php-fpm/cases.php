<?php
// php-fpm: behind nginx, which NGINX_PROGRAM names, for the common suite; over FastCGI for what it has of its own.

if (!is_executable((string) getenv('PHP_FPM'))) {
    return 'this engine has no php-fpm';
}

require_once __DIR__ . '/Fpm.php';
require_once __DIR__ . '/FpmBehindNginx.php';
require_once __DIR__ . '/../opcache_storm.php';

return [
    ...is_executable((string) getenv('NGINX_PROGRAM'))
        ? common_cases(fn (Scratch $scratch, array $workers, array $settings) => new FpmBehindNginx($scratch, $workers, $settings))
        : ['the common suite behind nginx' => fn () => throw new Skipped('no nginx here (NGINX_PROGRAM names it)')],
    ...require __DIR__ . '/own_cases.php',
    ...require __DIR__ . '/all_processes_cases.php',
    ...require __DIR__ . '/region_cases.php',
    ...require __DIR__ . '/shared_cases.php',
    ...require __DIR__ . '/extension_cases.php',
    ...require __DIR__ . '/shared_end_cases.php',
    ...require __DIR__ . '/shared_memory_cases.php',
    ...opcache_storm_cases(function (Scratch $scratch, array $workers, array $settings) {
        $options = [];
        foreach ($settings as $name => $value) {
            array_push($options, '-d', "$name=$value");
        }
        $fpm = new Fpm($scratch, ['php_admin_value[bgworkers.config] = ' . $scratch->workers($workers)], options: $options);
        $ask_two = fn (array $paths) => array_map(fastcgi_answer(...), array_map(fn ($path) => $fpm->ask('index.php', parse_url($path, PHP_URL_QUERY)), $paths));
        return [
            fn (array $paths) => array_merge(...array_map($ask_two, array_chunk($paths, 2))),
            function () use ($fpm) {
                expect_same(0, $fpm->quit(), 'exit of php-fpm');
                expect_same(['exited with code 0' => 2], $fpm->ends(), 'ends of children');
            },
        ];
    }),
];
