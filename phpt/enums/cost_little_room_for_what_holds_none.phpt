--TEST--
Only the arrays on the way to an enum are rebuilt, the others are shared
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/cost_little_room_for_what_holds_none.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};
require __DIR__ . '/../helpers.inc';

enum Deep { case A; }
if (in_worker()) {
    set_vars(['large' => range(1, 200000), 'text' => str_repeat('x', 1 << 20), 'enum' => [[Deep::A]]]);
    should_stop(INF);
    return;
}
$before = memory_get_usage();
$vars = get_vars('w');
$again = get_vars('w');
var_dump(memory_get_usage() - $before < 20000, $vars['enum'][0][0], count($vars['large']));
?>
--EXPECT--
bool(true)
enum(Deep::A)
int(200000)
