--TEST--
Every instance of a pool gets EOF, each run anew
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/every_instance_is_told.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_worker_handle, set_vars, should_stop};
require __DIR__ . '/../helpers.inc';

write_file('w.php', '<?php use function BgWorkers\{set_vars, get_worker_handle, should_stop};
    $runs = temp_runs(); set_vars([]);
    $read = [get_worker_handle()]; $none = null;
    stream_select($read, $none, $none, $runs === 1 ? 1 : null, $runs === 1 ? 100000 : null);
    echo $runs === 1 ? "first run ends by itself\n" : (should_stop() && feof(get_worker_handle()) ? "told\n" : "NOT TOLD\n");
    function temp_runs() { $f = fopen(__DIR__ . "/runs", "a+"); flock($f, LOCK_EX); fwrite($f, "x"); clearstatcache(); return filesize(__DIR__ . "/runs") > 3 ? 2 : 1; }');
$config = write_file('w.ini', "[pool]\nscript = w.php\nnum = 3\n");
[$exit, , $err] = run_php('BgWorkers\get_vars("pool"); wait_until(fn() => BgWorkers\status()["pool"]["runs"] === 6); usleep(100000);',
    ['bgworkers.config' => $config, 'bgworkers.log_level' => 'error', 'bgworkers.shutdown_grace' => '20']);
echo $err, $exit, "\n";
?>
--EXPECT--
bgworkers: [pool] first run ends by itself
bgworkers: [pool] first run ends by itself
bgworkers: [pool] first run ends by itself
bgworkers: [pool] told
bgworkers: [pool] told
bgworkers: [pool] told
0
