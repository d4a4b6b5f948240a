--TEST--
A catch-all may start 16 names unless it says otherwise; declared names do not count, and a name keeps its place
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={PWD}/catch_all_starts_16_names.ini
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop, status};
require __DIR__ . '/../helpers.inc';

if (in_worker()) {
    set_vars([$argv[1]]);
    should_stop(INF);
    return;
}
get_vars('declared');
for ($i = 1; $i <= 16; ++$i) {
    get_vars("n$i");
}
echo thrown(fn() => get_vars('n17')), "\n";
echo thrown(fn() => get_vars(['n1', 'n18'])), "\n";
var_dump(get_vars('n16'), count(status()));
?>
--EXPECT--
RuntimeException: cannot start worker "n17": the catch-all is full, it may start 16 names; raise max_threads in its [*] section
RuntimeException: cannot start worker "n18": the catch-all is full, it may start 16 names; raise max_threads in its [*] section
array(1) {
  [0]=>
  string(3) "n16"
}
int(17)
