--TEST--
ini[name]: constants and what is computed of them mean what they mean in php.ini; all else is text
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/config-ini_values_are_computed_as_in_php_ini/workers.ini
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\get_vars;
require __DIR__ . '/../helpers.inc';

define('OF_THE_SCRIPT', 'x');
$values = ['E_ALL', 'E_ALL & ~E_DEPRECATED', '(E_ALL ^ E_NOTICE) & ~E_WARNING', 'E_ERROR | 2', '1|2', '!E_ALL', '~0', 'PHP_OS', 'M_PI',
    'E_NOWHERE', 'E_ALL & E_NOWHERE', 'OF_THE_SCRIPT', 'E_ALL &', '(E_ALL', 'yes', 'true', 'NULL', 'none', '12', '-1', 'E_ALL-1', 'a|b', 'e_all', 'INF'];
$workers = [];
foreach ($values as $i => $value) {
    // auto_detect_line_endings and the like complain; this one takes any text
    $workers["w$i"] = ['code' => 'BgWorkers\set_vars([ini_get("user_agent")]); live();', 'ini[user_agent]' => $value];
    file_put_contents(temp_path('php.ini'), "user_agent = $value\n");
    $in_php_ini[$i] = trim((string) shell_exec(escapeshellarg(PHP_BINARY) . ' -n -c ' . escapeshellarg(temp_path('php.ini')) . ' -r \'echo ini_get("user_agent");\' 2>/dev/null'));
}
workers($workers + ['reporting' => ['code' => 'BgWorkers\set_vars([error_reporting()]); live();', 'ini[error_reporting]' => 'E_ALL & ~E_DEPRECATED']]);
var_dump(get_vars('reporting')[0] === (E_ALL & ~E_DEPRECATED));
foreach ($values as $i => $value) {
    $is = get_vars("w$i")[0];
    echo "$value: ", match (true) { $is === $in_php_ini[$i] && $is === $value => 'itself', $is === $in_php_ini[$i] => 'computed', $is === $value => 'stays text', default => "$is, in php.ini {$in_php_ini[$i]}" }, "\n";
}
?>
--EXPECT--
bool(true)
E_ALL: computed
E_ALL & ~E_DEPRECATED: computed
(E_ALL ^ E_NOTICE) & ~E_WARNING: computed
E_ERROR | 2: computed
1|2: computed
!E_ALL: computed
~0: computed
PHP_OS: computed
M_PI: itself
E_NOWHERE: itself
E_ALL & E_NOWHERE: stays text
OF_THE_SCRIPT: itself
E_ALL &: stays text
(E_ALL: stays text
yes: stays text
true: stays text
NULL: stays text
none: stays text
12: itself
-1: itself
E_ALL-1: itself
a|b: stays text
e_all: itself
INF: itself
