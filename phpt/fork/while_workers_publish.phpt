--TEST--
Forks while workers publish and readers wait leave no lock held, in child or parent
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/while_workers_publish.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop, status};
require __DIR__ . '/../helpers.inc';

if (in_worker('never')) {
    should_stop(INF);
    return;
}
if (in_worker()) {
    for ($i = 0; !should_stop(); ++$i) {
        set_vars(['i' => $i, 'fill' => str_repeat('x', $i % 5000)]);
        status();
        try { get_vars('never', 0); } catch (RuntimeException) {}
        echo $i % 100 ? '' : '';
    }
    return;
}
get_vars(['a', 'b', 'c']);
$failed = 0;
for ($n = 0; $n < 40; ++$n) {
    if (($pid = pcntl_fork()) === 0) {
        foreach (['a', 'b', 'c', 'a'] as $name) {
            ['i' => $i, 'fill' => $fill] = get_vars($name);
            strlen($fill) === $i % 5000 || exit(1);
        }
        thrown(fn() => get_vars('never', 0.001));
        count(status()) === 4 || exit(2);
        exit(20);
    }
    pcntl_waitpid($pid, $status);
    $failed += pcntl_wifexited($status) && pcntl_wexitstatus($status) === 20 ? 0 : 1;
}
$before = get_vars('a')['i'];
wait_until(fn() => get_vars('a')['i'] > $before);
var_dump($failed);
?>
--EXPECT--
int(0)
