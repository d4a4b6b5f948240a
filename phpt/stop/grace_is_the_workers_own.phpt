--TEST--
shutdown_grace of a worker, or the setting; at the end the longest of the running ones counts
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/grace_is_the_workers_own.php
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';

write_file('w.php', '<?php BgWorkers\set_vars([]); $began = microtime(true); BgWorkers\should_stop(INF);
    while (microtime(true) - $began < 300) usleep(1000);');
$config = write_file('workers.ini', "[short]\nscript = w.php\nshutdown_grace = 0.1\n[long]\nscript = w.php\nshutdown_grace = 1.2\n[longer]\nscript = w.php\nshutdown_grace = 100\n[default]\nscript = w.php\n");
foreach (['short' => 0.1, 'short", "long' => 1.2, 'default' => 0.6] as $names => $least) {
    $began = microtime(true);
    [$exit, , $err] = run_php('BgWorkers\get_vars(["' . $names . '"]); exit(4);', ['bgworkers.config' => $config, 'bgworkers.shutdown_grace' => '0.6', 'bgworkers.log_level' => 'warning']);
    $seconds = microtime(true) - $began;
    echo $exit, ' ', $seconds >= $least && $seconds < $least + 5 ? 'in time' : $seconds, ', ', substr_count($err, 'event=killed'), " killed\n";
}
?>
--EXPECT--
4 in time, 1 killed
4 in time, 2 killed
4 in time, 1 killed
