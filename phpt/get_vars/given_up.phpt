--TEST--
A worker that has given up tells every waiter at once; once it published, its snapshot stays
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/get_vars-given_up/workers.ini
bgworkers.log_level=error
error_log=/dev/null
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['never' => ['code' => 'exit(3);', 'max_consecutive_failures' => 2],
    'silent' => ['code' => '', 'max_consecutive_failures' => 2],
    'once' => ['max_consecutive_failures' => 1, 'code' => 'BgWorkers\set_vars(["v" => 1]); undefined();']]);
use function BgWorkers\get_vars;
$start = microtime(true);
attempt(fn () => get_vars('never', 60));
attempt(fn () => get_vars(['never', 'once'], INF));
attempt(fn () => get_vars('silent', 60));
attempt(fn () => get_vars('once'));
wait_until(fn () => BgWorkers\status()['once']['state'] === 'failed');
attempt(fn () => get_vars('once'));
var_dump(microtime(true) - $start < 20);
print_r(array_map(fn ($s) => [$s['state'], $s['ready'], $s['crashes'], $s['last_exit_status']], BgWorkers\status()));
?>
--EXPECT--
BgWorkers\WorkerException: worker "never" has given up: 2 attempts, last exit status 3
BgWorkers\WorkerException: worker "never" has given up: 2 attempts, last exit status 3
BgWorkers\WorkerException: worker "silent" has given up: 2 attempts, last exit status 0, last error: the script ended without a call of BgWorkers\set_vars()
array(1) {
  ["v"]=>
  int(1)
}
array(1) {
  ["v"]=>
  int(1)
}
bool(true)
Array
(
    [never] => Array
        (
            [0] => failed
            [1] => 
            [2] => 2
            [3] => 3
        )

    [once] => Array
        (
            [0] => failed
            [1] => 1
            [2] => 1
            [3] => 255
        )

    [silent] => Array
        (
            [0] => failed
            [1] => 
            [2] => 0
            [3] => 0
        )

)
