--TEST--
The end of a worker's run leaves a variable alone that a request has put, too
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/a_request_keeps_what_it_put.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};
require __DIR__ . '/../helpers.inc';

if (in_worker()) {
    $second = is_file(temp_path('flag-put'));
    $second || putenv('APP_ENV=prod');
    set_vars(['run' => $second ? 2 : 1]);
    $second ? should_stop(INF) : await_flag('put');
    return;
}
get_vars('w');
putenv('APP_ENV=prod');
raise_flag('put');
wait_until(fn() => get_vars('w')['run'] === 2);
var_dump(getenv('APP_ENV'));
?>
--EXPECT--
string(4) "prod"
