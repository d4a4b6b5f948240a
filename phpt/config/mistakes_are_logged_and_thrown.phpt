--TEST--
A wrong file is logged once a reading and thrown by every call of the scope; the process goes on
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={PWD}/mistakes_are_logged_and_thrown.ini
error_log={PWD}/mistake.log
bgworkers.cli_autostart=1
--FILE--
<?php
use function BgWorkers\{get_vars, status};
require __DIR__ . '/../helpers.inc';

foreach ([fn() => get_vars('w'), fn() => get_vars(['w', 'v'], 0), fn() => status()] as $call) {
    echo str_replace(__DIR__, '{phpt}', thrown($call)), "\n";
}
echo str_replace(__DIR__, '{phpt}', implode("\n", log_lines())), "\n";
phpinfo(INFO_MODULES) && print('');
?>
--CLEAN--
<?php @unlink(__DIR__ . '/mistake.log'); ?>
--EXPECTF--
RuntimeException: {phpt}/mistakes_are_logged_and_thrown.ini:4: unknown key "nmu", did you mean num?
RuntimeException: {phpt}/mistakes_are_logged_and_thrown.ini:4: unknown key "nmu", did you mean num?
RuntimeException: {phpt}/mistakes_are_logged_and_thrown.ini:4: unknown key "nmu", did you mean num?
bgworkers: level=warning event=config_error error="{phpt}/mistakes_are_logged_and_thrown.ini:4: unknown key \"nmu\", did you mean num?"
%A
