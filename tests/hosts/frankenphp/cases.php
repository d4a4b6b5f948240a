<?php
// FrankenPHP as a Go module: a web server in Go, with PHP on threads of its own. FRANKENPHP names the built host,
// FRANKENPHP_EXTENSION the extension for the libphp below it.

if (!is_executable((string) getenv('FRANKENPHP'))) {
    return 'no FrankenPHP host here (FRANKENPHP names it; it is built where there is Go 1.26, for PHP 8.4 release)';
}

require_once __DIR__ . '/Frankenphp.php';

$cases = [];
foreach (['classic mode' => false, 'worker mode' => true] as $mode => $worker_mode) {
    foreach ([...common_cases(fn (Scratch $scratch, array $workers, array $settings) => Frankenphp::with($scratch, $workers, $settings, $worker_mode)),
        ...(require __DIR__ . '/own_cases.php')($worker_mode)] as $what => $case) {
        $cases["$mode: $what"] = $case;
    }
}
return $cases;
