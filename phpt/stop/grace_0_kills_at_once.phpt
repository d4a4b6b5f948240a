--TEST--
shutdown_grace=0 leaves no time
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/grace_0_kills_at_once.php
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';

write_file('w.php', '<?php BgWorkers\set_vars([]); while (true) usleep(1000);');
$began = microtime(true);
[$exit] = run_php('BgWorkers\get_vars("w"); exit(4);', ['bgworkers.entrypoint' => temp_path('w.php'), 'bgworkers.shutdown_grace' => '0']);
echo $exit, microtime(true) - $began < 5 ? ' in time' : ' late', "\n";
?>
--EXPECT--
4 in time
