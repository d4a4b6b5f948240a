--TEST--
A time-out tells the attempts, the last exit status and the last error, without arguments
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/get_vars-timeout_tells_the_last_error/workers.ini
bgworkers.log_level=error
error_log=/dev/null
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => ['max_consecutive_failures' => -1, 'code' => <<<'PHP'
    function connect(string $password) { throw new DomainException("no\nroute", 3, new LogicException('inner')); }
    connect('s3cret');
    PHP]]);
try {
    BgWorkers\get_vars('w', 0.5);
} catch (BgWorkers\TimeoutException $error) {
    echo preg_replace('/\d+ attempts/', 'N attempts', str_replace(temp_path(''), '{tmp}', $error->getMessage())), "\n";
}
var_dump(str_contains($error->getMessage() . BgWorkers\status()['w']['last_error'], 's3cret'));
?>
--EXPECT--
worker "w" is not ready after 0.5 s: N attempts, last exit status 255, last error: DomainException: no
route in {tmp}/worker-w.php:3; first cause: LogicException: inner in {tmp}/worker-w.php:3
bool(false)
