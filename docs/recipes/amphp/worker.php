<?php
// In an event loop the handle is one more stream to wait for. Amp 2; other loops: see ../README.md.

use Amp\Loop;
use function BgWorkers\{get_worker_handle, set_vars};

require getenv('AUTOLOAD') ?: __DIR__ . '/vendor/autoload.php';

Loop::run(function (): void {
    $ticks = 0;
    Loop::repeat(50, function () use (&$ticks): void {
        set_vars(['ticks' => ++$ticks]);
    });
    Loop::onReadable(get_worker_handle(), function (): void {
        Loop::stop();
    });
});
