--TEST--
Children of a worker inherit no descriptor of ours, and start with the host's signal mask
--EXTENSIONS--
bgworkers
--SKIPIF--
<?php if (!is_dir('/proc/self/fd')) die('skip needs /proc'); ?>
--INI--
bgworkers.config={TMP}/bgworkers-phpt/handle-children_do_not_inherit/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
$before = array_map(fn ($fd) => @readlink("/proc/self/fd/$fd"), scandir('/proc/self/fd'));
workers(['w' => <<<'PHP'
    $handle = BgWorkers\get_worker_handle();
    $process = proc_open(['sh', '-c', 'for fd in /proc/$$/fd/*; do readlink $fd; done; grep SigBlk /proc/self/status'], [['file', '/dev/null', 'r'], ['pipe', 'w'], ['file', '/dev/null', 'w']], $pipes);
    $said = stream_get_contents($pipes[1]);
    BgWorkers\set_vars(['children' => $said, 'exec' => exec('grep SigBlk /proc/self/status'), 'backtick' => `echo hi`]);
    live();
    PHP]);
$vars = BgWorkers\get_vars('w');
// Ours are sockets, and libuv's are anonymous inodes. Who runs the test may have left it some of its own.
preg_match_all('/^(socket:|anon_inode:).*/m', $vars['children'], $inherited);
var_dump(array_values(array_diff($inherited[0], $before)), preg_match('/SigBlk:\t0{16}\n/', $vars['children']));
var_dump($vars['exec'], trim($vars['backtick']));
?>
--EXPECT--
array(0) {
}
int(1)
string(24) "SigBlk:	0000000000000000"
string(2) "hi"
