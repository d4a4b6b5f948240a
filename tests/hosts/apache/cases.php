<?php
// Apache's event MPM with mod_php: APACHE names the server, MOD_PHP the module built for it.

if (!is_executable((string) getenv('APACHE')) || !is_file((string) getenv('MOD_PHP'))) {
    return 'no Apache with a thread-safe mod_php here (APACHE and MOD_PHP name them)';
}

require_once __DIR__ . '/Apache.php';

return [
    ...common_cases(fn (Scratch $scratch, array $workers, array $settings) => Apache::with($scratch, $workers, $settings)),
    ...require __DIR__ . '/own_cases.php',
];
