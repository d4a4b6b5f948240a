<?php
// The one writer of the flags: checks, persists, publishes, answers.

use function BgWorkers\{receive_task, set_vars};

$file = __DIR__ . '/flags.json';
$flags = json_decode(file_get_contents($file), true, flags: JSON_THROW_ON_ERROR);
set_vars($flags);
while ($task = receive_task()) {
    ['flag' => $flag, 'on' => $on] = $task->payload;
    if (!isset($flags[$flag])) {
        $task->fail(new DomainException("there is no flag \"$flag\""));
        continue;
    }
    $changed = [$flag => $on] + $flags;
    if (file_put_contents("$file.new", json_encode($changed)) === false || !rename("$file.new", $file)) {
        $task->fail('the flags cannot be written');
        continue;
    }
    $flags = $changed;
    set_vars($flags);
    $task->finish();
}
