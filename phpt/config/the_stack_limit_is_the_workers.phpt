--TEST--
zend.max_allowed_stack_size acts in a worker, its own and the process's
--EXTENSIONS--
bgworkers
--SKIPIF--
<?php if (PHP_VERSION_ID < 80300 || ini_get('zend.max_allowed_stack_size') === false) die('skip this PHP has no limit of the stack'); ?>
--INI--
bgworkers.config={TMP}/bgworkers-phpt/config-the_stack_limit_is_the_workers/workers.ini
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\get_vars;
require __DIR__ . '/../helpers.inc';

$code = 'function deep($n) { return $n ? array_sum(array_map("deep", [$n - 1])) + 1 : 0; }
    try { BgWorkers\set_vars([deep(1500)]); } catch (Error $e) { BgWorkers\set_vars([strtok($e->getMessage(), "(")]); } live();';
workers(['own' => ['code' => $code, 'ini[zend.max_allowed_stack_size]' => '256K'], 'larger' => ['code' => $code, 'ini[zend.max_allowed_stack_size]' => '12M'],
    'plain' => $code]);
foreach (['own', 'larger', 'plain'] as $name) {
    echo "$name: ", get_vars($name)[0], "\n";
}
echo run_php('echo BgWorkers\get_vars("plain")[0], "\n";', ['bgworkers.config' => ini_get('bgworkers.config'), 'zend.max_allowed_stack_size' => '256K'])[1];
?>
--EXPECTF--
own: Maximum call stack size of %d bytes 
larger: 1500
plain: 1500
Maximum call stack size of %d bytes 
