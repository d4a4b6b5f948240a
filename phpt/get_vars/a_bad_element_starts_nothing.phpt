--TEST--
A list with a bad element, an unknown name or a bad timeout starts none of its workers
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={PWD}/a_bad_element_starts_nothing.ini
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, status};
require __DIR__ . '/../helpers.inc';

if (in_worker()) {
    file_put_contents(temp_path('started'), 'x');
    set_vars([]);
    return;
}
foreach ([['w', ''], ['w', 5], ['w', null], ['w', ['w']], ['w', "a\n"], ['w', '*'], ['w', '-x'], ['w', true]] as $names) {
    echo strtok(thrown(fn() => get_vars($names)), ':'), ' ';
}
echo strtok(thrown(fn() => get_vars('w', -1)), ':'), ' ', strtok(thrown(fn() => get_vars(['w'], NAN)), ':'), "\n";
var_dump(status()['w']['runs'], is_file(temp_path('started')));
?>
--EXPECT--
ValueError TypeError TypeError TypeError ValueError ValueError ValueError TypeError ValueError ValueError
int(0)
bool(false)
