--TEST--
The log tells started, ready, exited (the same crash once), stop and failed, key=value, a line each, and no values
--EXTENSIONS--
bgworkers
--INI--
error_log={PWD}/events.log
bgworkers.config={PWD}/events_are_one_line_each.ini
bgworkers.log_level=notice
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};
require __DIR__ . '/../helpers.inc';

if (in_worker('good')) {
    set_vars(['password' => 'SECRET']);
    should_stop(INF);
    return;
}
if (in_worker('bad')) {
    throw new RuntimeException("two\nlines \"quoted\"");
}
get_vars('good');
for ($i = 0; $i < 100; ++$i) {
    get_vars('good');
}
echo substr(thrown(fn() => get_vars('bad')), 0, 45), "\n";
wait_until(fn() => log_lines('event=failed'));
foreach (log_lines('event=') as $line) {
    echo str_replace(__DIR__, '{phpt}', $line), "\n";
}
echo count(log_lines('SECRET')), "\n";
?>
--CLEAN--
<?php @unlink(__DIR__ . '/events.log'); ?>
--EXPECTF--
BgWorkers\WorkerException: worker "bad" has g
bgworkers: level=notice worker=good event=started run=1 script={phpt}/events_are_one_line_each.php
bgworkers: level=notice worker=good event=ready after=%d.%d
bgworkers: level=notice worker=bad event=started run=1 script={phpt}/events_are_one_line_each.php
bgworkers: level=warning worker=bad event=exited status=255 uptime=0.%d error="RuntimeException: two\nlines \"quoted\" in {phpt}/events_are_one_line_each.php:%d" next=0.%d
bgworkers: level=notice worker=bad event=started run=2 script={phpt}/events_are_one_line_each.php
bgworkers: level=error worker=bad event=failed failures=2 error="RuntimeException: two\nlines \"quoted\" in {phpt}/events_are_one_line_each.php:%d" next=30.000
0
