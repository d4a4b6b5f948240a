--TEST--
A log in a watched directory restarts no worker; a file that each run writes is named and paced
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/config-the_log_is_no_change/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers([
    'logs' => ['code' => 'BgWorkers\set_vars([1]); $i = 0; do { echo "a line ", ++$i, "\n"; error_log("another $i"); } while (!BgWorkers\should_stop(0.05));', 'watch[]' => '.', 'ini[error_log]' => temp_path('own.log')],
    'spins' => ['code' => '@mkdir(__DIR__ . "/cache"); touch(__DIR__ . "/cache/" . hrtime(true)); BgWorkers\set_vars([1]); live();', 'watch[]' => 'cache'],
]);
// In a process of its own, for which the directory stays until its last line is written.
[$exit, $out, $err] = run_php(<<<'PHP'
    use function BgWorkers\{get_vars, status};
    get_vars('logs');
    wait_until(fn () => count(log_lines('[logs] a line')) >= 10 && is_file(temp_path('own.log')));
    rename(temp_path('php.log'), temp_path('php.log.1'));
    wait_until(fn () => count(log_lines('[logs] a line')) >= 20);
    var_dump(status()['logs']['runs'], log_lines('event=changed'));
    $began = microtime(true);
    get_vars('spins');
    wait_until(fn () => status()['spins']['runs'] >= 4);
    var_dump(microtime(true) - $began > 0.63); // 100, 200 and 400 ms, less a tenth
    var_dump(preg_match('~^bgworkers: level=notice worker=spins event=changed file=\S+/cache(/\d+)?$~', log_lines('worker=spins event=changed')[0]));
    PHP, ['bgworkers.config' => temp_path('workers.ini'), 'bgworkers.log_level' => 'notice', 'error_log' => temp_path('php.log')]);
echo $out, $err, $exit, "\n";
?>
--EXPECT--
int(1)
array(0) {
}
bool(true)
int(1)
0
