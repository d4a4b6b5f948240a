<?php
// One thing done with tasks, or by a peer, in a PHP of its own, for callgrind, which counts all threads.
// usage: task_instructions.php WHAT ROUNDS

use function BgWorkers\{post_task, send_task};

require __DIR__ . '/data.php';

[, $what, $rounds] = $argv;
$text = ['text' => str_repeat('x', 1000)];
$few = entries(10);
$many = entries(500);
post_task('hold', ['hold' => 'for ever'], 60);
send_task('echo', $text)->await();
send_task('take', $many)->await();
for ($i = 0; $i < (int) $rounds; ++$i) {
    match ($what) {
        'echo' => send_task('echo', $text)->await(),
        'payload' => send_task('take', $many)->await(),
        'serialize' => unserialize(serialize($many)),
        'post' => post_task('hold', $few),
        'apcu_store' => apcu_store('posted', $few),
    };
}
