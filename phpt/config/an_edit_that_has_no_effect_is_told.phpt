--TEST--
A workers file that was edited after it was read: refusals, status(), phpinfo() and the log say so, the log once
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/config-an_edit_that_has_no_effect_is_told/workers.ini
error_log={TMP}/bgworkers-phpt/config-an_edit_that_has_no_effect_is_told/log
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
use function BgWorkers\{get_vars, restart, status};

workers(['flags' => 'live();']);
attempt(fn () => get_vars('rates'));
var_dump(status()['flags']['edited_file']);
touch(temp_path('workers.ini'), time() + 10);
attempt(fn () => restart('rates'));

workers(['flags' => 'live();', 'rates' => 'live();']);
attempt(fn () => get_vars('rates'));
attempt(fn () => restart('rates'));
attempt(fn () => BgWorkers\send_task('rates'));
attempt(fn () => str_replace(temp_path(''), '{tmp}', status()['flags']['edited_file']));
ob_start();
phpinfo(INFO_MODULES);
preg_match('/^Edited after .*$/m', ob_get_clean(), $match);
echo str_replace(temp_path(''), '{tmp}', $match[0]), "\n";
echo str_replace(temp_path(''), '{tmp}', implode("\n", log_lines())), "\n";

unlink(temp_path('workers.ini'));
attempt(fn () => get_vars('rates'));
?>
--EXPECT--
RuntimeException: worker "rates" is not declared; declared: flags
NULL
RuntimeException: worker "rates" is not declared; declared: flags
RuntimeException: worker "rates" is not declared; declared: flags; {tmp}/workers.ini was edited after this process had read it: reload the host
RuntimeException: worker "rates" is not declared; declared: flags; {tmp}/workers.ini was edited after this process had read it: reload the host
RuntimeException: worker "rates" is not declared; declared: flags; {tmp}/workers.ini was edited after this process had read it: reload the host
string(17) "{tmp}/workers.ini"
Edited after it was read, reload the host => {tmp}/workers.ini
bgworkers: level=warning event=config_edited file={tmp}/workers.ini why="it was edited after this process had read it; reload the host"
RuntimeException: worker "rates" is not declared; declared: flags; {tmp}/workers.ini was edited after this process had read it: reload the host
