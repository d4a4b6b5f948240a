--TEST--
A line of the log tells the process and the time, with milliseconds, in the zone in which PHP stamps its own lines
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/output-process_and_time/workers.ini
error_log={PWD}/process_and_time.log
log_errors=1
date.timezone=America/St_Johns
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => 'echo "printed\n"; BgWorkers\set_vars([]); live();']);
date_default_timezone_set('Asia/Tokyo'); // of this script alone
$before = microtime(true);
BgWorkers\get_vars('w');
BgWorkers\restart('w');
wait_until(fn () => BgWorkers\status()['w']['runs'] === 2);
date_default_timezone_set('America/St_Johns');
error_log('of the request');
$milliseconds = [];
$lines = file(ini_get('error_log'));
$after = microtime(true);
foreach ($lines as $line) {
    if (str_contains($line, 'of the request')) {
        var_dump((bool) preg_match('/^\[\d\d-\w{3}-\d{4} \d\d:\d\d:\d\d America\/St_Johns\] of the request$/', $line));
        continue;
    }
    if (!preg_match('/^\[(\d\d-\w{3}-\d{4} \d\d:\d\d:\d\d\.(\d{3}) America\/St_Johns)\] bgworkers\[(\d+)\]: (level=|\[w\] printed$)/', $line, $found)
        || (int) $found[3] !== getmypid()) {
        echo "a line of another form: $line";
        continue;
    }
    $time = (float) DateTime::createFromFormat('d-M-Y H:i:s.v e', $found[1])->format('U.v');
    $milliseconds[] = $found[2];
    if ($time < $before - 0.002 || $time > $after) {
        echo "not between $before and $after: $line";
    }
}
var_dump(count($milliseconds) >= 6, array_unique($milliseconds) !== ['000']);
?>
--CLEAN--
<?php @unlink(__DIR__ . '/process_and_time.log'); ?>
--EXPECT--
bool(true)
bool(true)
bool(true)
