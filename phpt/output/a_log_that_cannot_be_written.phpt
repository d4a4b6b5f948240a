--TEST--
A log that cannot be written is told once where PHP's own messages go then, and in status() as long as that lasts
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/output-not_written/workers.ini
bgworkers.log_level=error
error_log=/dev/null
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => 'BgWorkers\set_vars([]); $i = 0; while (!BgWorkers\should_stop(0.01)) { echo "tick ", ++$i, "\n"; }']);
[$status, $out, $err] = run_php(<<<'PHP'
    $log = ini_get('error_log');
    $defect = fn () => BgWorkers\status()['w']['log_error'];
    BgWorkers\get_vars('w');
    wait_until(fn () => $defect() !== null);
    echo $defect(), "\n"; // this call tells it
    mkdir(dirname($log));
    wait_until(fn () => $defect() === null);
    rename(dirname($log), dirname($log) . '.away');
    wait_until(fn () => $defect() !== null);
    $defect(); // so does this one
    rename(dirname($log) . '.away', dirname($log));
    wait_until(fn () => $defect() === null);
    unlink($log);
    rmdir(dirname($log));
    PHP, ['bgworkers.config' => ini_get('bgworkers.config'), 'error_log' => temp_path('missing') . '/php.log', 'bgworkers.log_level' => 'notice']);
echo $out;
// What could not be written to the file, and PHP's message, once each time.
foreach (explode("\n", $err) as $line) {
    if ($line !== '' && !preg_match('/^(\[[^]]+ UTC\] )bgworkers: (\[w\] |level=)/', $line)) {
        echo "on stderr: $line\n";
    }
}
var_dump(str_contains($err, 'event=started'));
?>
--EXPECT--
{tmp}/missing/php.log: no such file or directory
on stderr: bgworkers: the log cannot be written: {tmp}/missing/php.log: no such file or directory
on stderr: bgworkers: the log cannot be written: {tmp}/missing/php.log: no such file or directory
bool(true)
