<?php
// As worker.php, for processes that share the file: one of them at a time changes it, all look whether it was changed.

use BgWorkers\ReceivedTask;
use function BgWorkers\{receive_task, set_vars, should_stop};

$file = __DIR__ . '/flags.json';
$read = fn (): array => json_decode(file_get_contents($file), true, flags: JSON_THROW_ON_ERROR);

$change = function (ReceivedTask $task) use ($file, $read): void {
    ['flag' => $flag, 'on' => $on] = $task->payload;
    $lock = fopen("$file.lock", 'c');
    flock($lock, LOCK_EX);              // given back with $lock, and with the process
    $flags = $read();
    if (!isset($flags[$flag])) {
        $task->fail(new DomainException("there is no flag \"$flag\""));
        return;
    }
    $flags = [$flag => $on] + $flags;
    if (file_put_contents("$file.new", json_encode($flags)) === false || !rename("$file.new", $file)) {
        $task->fail('the flags cannot be written');
        return;
    }
    set_vars($flags);
    $task->finish();
};

do {
    set_vars($read());                  // the same content again costs next to nothing
    if ($task = receive_task(0.1)) {
        $change($task);
    }
} while ($task || !should_stop());
