<?php
// One contender's loop in a PHP of its own, for callgrind. usage: instructions.php CONTENDER ROUNDS

$data = include __DIR__ . '/data-1000.php';
apcu_store('data-1000', $data);
BgWorkers\get_vars('data-1000') === $data || exit(1);
[$again] = (include __DIR__ . '/contenders-1000.php')[$argv[1]];
$again((int) $argv[2]);
