--TEST--
A new run that publishes the same array makes no new version
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/a_new_run_goes_on_where_the_last_one_ended.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop, status};
require __DIR__ . '/../../helpers.inc';

if (in_worker()) {
    set_vars(['constant' => [1, 2, 3]]);
    if (!is_file(temp_path('again'))) {
        file_put_contents(temp_path('again'), '');
        should_stop(1.1);
        return;
    }
    file_put_contents(temp_path('second'), '');
    should_stop(INF);
    return;
}
$first = get_vars('w');
wait_until(fn() => status()['w']['runs'] === 2 && is_file(temp_path('second')));
var_dump(version('w'), get_vars('w') === $first);
?>
--EXPECT--
int(1)
bool(true)
