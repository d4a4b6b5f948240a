--TEST--
A worker is started once per instance, however many readers ask
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/started_once_however_many_ask.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop, status};
require __DIR__ . '/../helpers.inc';

if (in_worker('counted')) {
    file_put_contents(temp_path('runs'), "x", FILE_APPEND);
    usleep(100000);
    set_vars(['runs' => strlen(file_get_contents(temp_path('runs')))]);
    should_stop(INF);
    return;
}
if (in_worker()) {
    set_vars(get_vars('counted'));
    should_stop(INF);
    return;
}
var_dump(get_vars(['r1', 'r2', 'r3', 'r4', 'counted', 'r5', 'r6']) === array_fill_keys(['r1', 'r2', 'r3', 'r4', 'counted', 'r5', 'r6'], ['runs' => 1]));
var_dump(status()['counted']['runs']);
?>
--EXPECT--
bool(true)
int(1)
