--TEST--
phpinfo() shows the same table
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/status-phpinfo_shows_the_table/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['clock' => 'BgWorkers\set_vars(["secret" => "s3cret"]); live();']);
BgWorkers\get_vars('clock');
ob_start();
phpinfo(INFO_MODULES);
$info = ob_get_clean();
var_dump(preg_match('/^clock => running => yes => 1 => 1 => 0 => 0 => - => -$/m', $info), str_contains($info, 's3cret'));
var_dump(preg_match('/^bgworkers\.shutdown_grace => 5 => 5$/m', $info));
?>
--EXPECT--
int(1)
bool(false)
int(1)
