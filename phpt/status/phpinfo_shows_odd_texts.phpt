--TEST--
phpinfo() shows a row a worker, whatever its name and its error consist of
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/status-phpinfo_shows_odd_texts/workers.ini
error_log=/dev/null
--FILE--
<?php
require __DIR__ . '/../helpers.inc';

workers([
    "caf\xe9" => 'live();',
    'bad' => ['code' => 'throw new Exception("one\ntwo\t\xff <b> \u{e9}");', 'max_consecutive_failures' => 1],
]);
thrown(fn() => BgWorkers\get_vars('bad'));
ob_start();
phpinfo(INFO_MODULES);
preg_match_all('/^(?:caf|bad|two).*/m', ob_get_clean(), $rows);
print implode("\n", $rows[0]) . "\n";
?>
--EXPECTF--
bad => failed => no => 1 => 1 => 1 => 0 => 255 => Exception: one two ? <b> é in %sworker-bad.php:%d
caf? => idle => no => 1 => 0 => 0 => 0 => - => -
