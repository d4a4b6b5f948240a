--TEST--
dl() works until the first worker, and is refused while workers run: their threads' storage would move
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/modules_cannot_be_loaded_while_workers_run.php
bgworkers.log_level=error
enable_dl=1
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};
require __DIR__ . '/../helpers.inc';

if (in_worker()) {
    set_vars([thrown(fn () => dl('no_such_module'))]);
    should_stop(INF);
    return;
}
$load = function (): string {
    error_clear_last();
    return json_encode(@dl('no_such_module')) . ', ' . (error_get_last()['message'] ?? 'no error');
};
echo substr($load(), 0, 35), "\n";
echo get_vars('w')[0], "\n";
echo $load(), "\n";
?>
--EXPECT--
false, dl(): Unable to load dynamic
Error: dl() cannot be used in a background worker: it would act on the whole process
false, dl(): Extensions cannot be loaded while background workers run in this process
