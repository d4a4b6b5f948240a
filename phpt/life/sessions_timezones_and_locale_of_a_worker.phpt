--TEST--
date_default_timezone_set(), mb_internal_encoding() and ini_set() act on one worker alone
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/sessions_timezones_and_locale_of_a_worker.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};
require __DIR__ . '/../helpers.inc';

if (in_worker('changes')) {
    date_default_timezone_set('Asia/Tokyo');
    mb_internal_encoding('ISO-8859-1');
    ini_set('error_reporting', '0');
    set_include_path('/nowhere');
    set_vars([date_default_timezone_get(), mb_internal_encoding()]);
    should_stop(INF);
    return;
}
if (in_worker()) {
    get_vars('changes');
    set_vars([date_default_timezone_get(), mb_internal_encoding(), ini_get('error_reporting') !== '0', get_include_path() !== '/nowhere']);
    should_stop(INF);
    return;
}
echo json_encode([get_vars('changes'), get_vars('other')]), date_default_timezone_get(), "\n";
?>
--EXPECT--
[["Asia\/Tokyo","ISO-8859-1"],["UTC","UTF-8",true,true]]UTC
