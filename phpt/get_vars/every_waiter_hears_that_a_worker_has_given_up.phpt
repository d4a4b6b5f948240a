--TEST--
Every waiter gets the WorkerException at once, whatever its timeout
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={PWD}/every_waiter_hears_that_a_worker_has_given_up.ini
error_log={PWD}/given_up_waiters.log
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};
require __DIR__ . '/../helpers.inc';

if (in_worker('bad')) {
    await_flag('all wait');
    usleep(20000);
    exit(9);
}
if (in_worker()) {
    set_vars(['waiting' => true]);
    $began = microtime(true);
    $text = thrown(fn() => get_vars('bad', $argv[1] === 'w1' ? INF : 3600));
    set_vars(['text' => $text, 'fast' => microtime(true) - $began < 20]);
    should_stop(INF);
    return;
}
get_vars(['w1', 'w2', 'w3']);
raise_flag('all wait');
echo thrown(fn() => get_vars('bad', INF)), "\n";
foreach (['w1', 'w2', 'w3'] as $name) {
    ['text' => $text, 'fast' => $fast] = wait_until(fn() => isset(get_vars($name)['text']) ? get_vars($name) : null);
    echo $text, $fast ? '' : ' slow', "\n";
}
$began = microtime(true);
echo substr(thrown(fn() => get_vars('bad', 0)), 0, 60), "\n";
?>
--CLEAN--
<?php @unlink(__DIR__ . '/given_up_waiters.log'); ?>
--EXPECTF--
BgWorkers\WorkerException: worker "bad" has given up: 1 attempt, last exit status 9%S
BgWorkers\WorkerException: worker "bad" has given up: 1 attempt, last exit status 9%S
BgWorkers\WorkerException: worker "bad" has given up: 1 attempt, last exit status 9%S
BgWorkers\WorkerException: worker "bad" has given up: 1 attempt, last exit status 9%S
BgWorkers\WorkerException: worker "bad" has given up: 1 atte
