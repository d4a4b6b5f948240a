--TEST--
A healthy run lets crashes count from 0 again; what has given up is tried once every 30 s, and a success ends that
--EXTENSIONS--
bgworkers
--SKIPIF--
<?php if (getenv('SKIP_SLOW_TESTS')) die('skip takes 35 s'); ?>
--INI--
bgworkers.config={TMP}/bgworkers-phpt/life-given_up/workers.ini
error_log={PWD}/given_up.log
bgworkers.log_level=debug
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
use function BgWorkers\{get_vars, status};

workers([
    // Crashes until the flag is up.
    'down' => ['code' => 'if (!is_file(__DIR__ . "/flag-up")) exit(3); BgWorkers\set_vars(["up"]); live();', 'max_consecutive_failures' => 2],
    // Crashes twice, then after a healthy life, and once more: never three times in a row.
    'lucky' => ['code' => <<<'PHP'
        touch($file = __DIR__ . '/lucky-runs');
        file_put_contents($file, '.', FILE_APPEND);
        clearstatcache();
        $run = filesize($file);
        BgWorkers\set_vars([$run]);
        if ($run === 5) live();
        if ($run === 3) BgWorkers\should_stop(10.2);
        exit(1);
        PHP, 'max_consecutive_failures' => 3],
]);
get_vars('lucky');
echo thrown(fn() => get_vars('down')), "\n";
$began = microtime(true);
var_dump(status()['down']['state'], status()['down']['runs']);
raise_flag('up');
echo thrown(fn() => get_vars('down')), "\n"; // nobody's wish brings the next attempt nearer
wait_until(fn() => status()['down']['ready'], 60);
$waited = microtime(true) - $began;
var_dump($waited > 29, get_vars('down'), status()['down']['state'], status()['down']['runs']);
var_dump(status()['down']['consecutive_failures'], status()['down']['crashes']);

wait_until(fn() => get_vars('lucky') === [5]);
var_dump(status()['lucky']['state'], status()['lucky']['runs'], status()['lucky']['crashes']);
foreach (log_lines('worker=lucky event=exited') as $line) {
    echo round((float) substr(strstr($line, 'next='), 5), 1), ' ';
}
echo count(log_lines('event=failed')), "\n";
?>
--CLEAN--
<?php @unlink(__DIR__ . '/given_up.log'); ?>
--EXPECT--
BgWorkers\WorkerException: worker "down" has given up: 2 attempts, last exit status 3
string(6) "failed"
int(2)
BgWorkers\WorkerException: worker "down" has given up: 2 attempts, last exit status 3
bool(true)
array(1) {
  [0]=>
  string(2) "up"
}
string(7) "running"
int(3)
int(2)
int(2)
string(7) "running"
int(5)
int(4)
0.1 0.2 0.1 0.2 1
