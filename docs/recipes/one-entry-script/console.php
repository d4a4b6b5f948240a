#!/usr/bin/env php
<?php
// One entry for many workers, as a framework's bin/console is: the name that was asked for is the first argument.

use function BgWorkers\{set_vars, should_stop};

// require __DIR__ . '/vendor/autoload.php'; and ask your container for the worker.
$workers = [
    'clock' => function (): void {
        do {
            set_vars(['time' => date('H:i:s')]);
        } while (!should_stop(1.0));
    },
    'exchange-rates' => function (): void {
        do {
            set_vars(json_decode(file_get_contents(__DIR__ . '/rates.json'), true, flags: JSON_THROW_ON_ERROR));
        } while (!should_stop(5.0));
    },
];

$name = $argv[1] ?? '';
if (!isset($_SERVER['BGWORKERS_BACKGROUND'], $workers[$name])) {
    throw new InvalidArgumentException("no background worker \"$name\"; there are: " . implode(', ', array_keys($workers)));
}
$workers[$name]();
