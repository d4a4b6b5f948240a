--TEST--
After pcntl_fork() the child reads what was there, starts nothing and ends with its own status
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/a_child_reads_what_was_published.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop, status};
require __DIR__ . '/../helpers.inc';

if (in_worker('late')) {
    set_vars(['late' => 1]);
    should_stop(INF);
    return;
}
if (in_worker()) {
    set_vars(['value' => [1, 2, 3], 'text' => str_repeat('x', 1000)]);
    should_stop(INF);
    return;
}
$vars = get_vars('w');
foreach ([3, 0, 'uncaught', 7] as $end) {
    $pid = pcntl_fork();
    if ($pid === 0) {
        $fine = get_vars('w') === $vars && get_vars(['w'], 0) === ['w' => $vars];
        echo $fine ? "child reads\n" : "child reads something else\n";
        echo thrown(fn() => get_vars('late')), "\n";
        echo thrown(fn() => get_vars(['w', 'later'], 0)), "\n";
        echo count(glob('/proc/self/task/*')), " thread, ", status()['w']['ready'] ? 'ready' : 'not ready', "\n";
        echo substr(thrown(fn() => set_vars([])), 0, 80), "\n";
        if ($end === 'uncaught') {
            ini_set('display_errors', '0');
            throw new Exception;
        }
        exit($end);
    }
    pcntl_waitpid($pid, $status);
    echo 'exit status ', pcntl_wifexited($status) ? pcntl_wexitstatus($status) : 'signal ' . pcntl_wtermsig($status), "\n";
}
var_dump(get_vars('w') === $vars, get_vars('late'), status()['w']['state'], status()['w']['runs']);
?>
--EXPECT--
child reads
RuntimeException: worker "late" cannot be started: this process was forked while background workers were running
RuntimeException: worker "later" cannot be started: this process was forked while background workers were running
1 thread, ready
RuntimeException: BgWorkers\set_vars() can be called in a background worker only
exit status 3
child reads
RuntimeException: worker "late" cannot be started: this process was forked while background workers were running
RuntimeException: worker "later" cannot be started: this process was forked while background workers were running
1 thread, ready
RuntimeException: BgWorkers\set_vars() can be called in a background worker only
exit status 0
child reads
RuntimeException: worker "late" cannot be started: this process was forked while background workers were running
RuntimeException: worker "later" cannot be started: this process was forked while background workers were running
1 thread, ready
RuntimeException: BgWorkers\set_vars() can be called in a background worker only
exit status 255
child reads
RuntimeException: worker "late" cannot be started: this process was forked while background workers were running
RuntimeException: worker "later" cannot be started: this process was forked while background workers were running
1 thread, ready
RuntimeException: BgWorkers\set_vars() can be called in a background worker only
exit status 7
bool(true)
array(1) {
  ["late"]=>
  int(1)
}
string(7) "running"
int(1)
