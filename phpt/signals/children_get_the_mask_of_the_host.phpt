--TEST--
Children of workers start with the host's signal mask, however they are started
--EXTENSIONS--
bgworkers
--SKIPIF--
<?php if (!is_readable('/proc/self/status')) die('skip needs /proc'); ?>
--INI--
bgworkers.config={TMP}/bgworkers-phpt/signals-children_get_the_mask_of_the_host/workers.ini
bgworkers.log_level=warning
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => <<<'PHP'
    $ask = 'grep SigBlk /proc/self/status';
    $pipe = popen($ask, 'r');
    $masks['popen'] = fgets($pipe);
    pclose($pipe);
    $masks['exec'] = exec($ask);
    $masks['shell_exec'] = shell_exec($ask);
    $child = proc_open($ask, [1 => ['pipe', 'w']], $pipes);
    $masks['proc_open'] = fgets($pipes[1]);
    BgWorkers\set_vars(array_map(fn($mask) => trim(explode(':', $mask)[1]), $masks));
    live();
    PHP]);
print_r(BgWorkers\get_vars('w'));
?>
--EXPECT--
Array
(
    [popen] => 0000000000000000
    [exec] => 0000000000000000
    [shell_exec] => 0000000000000000
    [proc_open] => 0000000000000000
)
