--TEST--
The outermost array may be a list
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/a_list_can_be_published_too.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};
require __DIR__ . '/../../helpers.inc';

if (in_worker()) {
    set_vars(['a', ['b'], 3]);
    should_stop(INF);
    return;
}
var_dump(get_vars('w') === ['a', ['b'], 3], array_is_list(get_vars('w')));
?>
--EXPECT--
bool(true)
bool(true)
