--TEST--
Workers with num >= 1 that could not start with the first request start with a later one, or a later call
--EXTENSIONS--
bgworkers
posix
--SKIPIF--
<?php if (PHP_OS_FAMILY === 'Windows') die('skip no limit of descriptors'); ?>
--INI--
bgworkers.config={TMP}/bgworkers-phpt/config-autostart_is_tried_until_it_succeeds/workers.ini
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => ['code' => 'BgWorkers\set_vars([]); live();', 'num' => 1]]);
$more = 'posix_setrlimit(POSIX_RLIMIT_NOFILE, 256, posix_getrlimit()["hard openfiles"]);';

// Starts PHP with too few descriptors for a supervisor; its script makes more.
function with_few_descriptors(string $arguments, string $log)
{
    $command = 'exec ' . escapeshellarg(getenv('TEST_PHP_EXECUTABLE') ?: PHP_BINARY) . ' ' . getenv('TEST_PHP_EXTRA_ARGS')
        . ' -d bgworkers.config=' . escapeshellarg(temp_path('workers.ini')) . ' -d log_errors=1 -d error_log=' . escapeshellarg($log) . " $arguments";
    return proc_open(['sh', '-c', "ulimit -Sn 15; $command"], [['file', '/dev/null', 'r'], ['file', temp_path('out'), 'w'], ['file', temp_path('err'), 'w']], $pipes);
}
$events = fn (string $log) => preg_match_all('/event=(start_failed|started)/', @file_get_contents($log) ?: '', $found) ? array_unique($found[1]) : [];

// A script that never asked for the worker asks for something else.
$script = write_file('script.php', "<?php $more \$until = microtime(true) + 20; do { usleep(50000); \$state = BgWorkers\\status()['w']['state']; } while (\$state !== 'running' && microtime(true) < \$until); echo \$state;");
$log = temp_path('cli.log');
$cli = with_few_descriptors('-d bgworkers.cli_autostart=1 ' . escapeshellarg($script), $log);
wait_until(fn () => !proc_get_status($cli)['running'], 60);
echo file_get_contents(temp_path('out')), ': ', implode(', ', $events($log)), "\n";

// A server whose requests never call the API.
$router = write_file('router.php', "<?php $more echo 'ok';");
$log = temp_path('server.log');
$server = with_few_descriptors('-S 127.0.0.1:0 ' . escapeshellarg($router), $log);
register_shutdown_function(fn () => proc_terminate($server, 15));
$port = wait_until(fn () => preg_match('/127\.0\.0\.1:(\d+)\) started/', file_get_contents(temp_path('err')) . @file_get_contents($log), $found) ? $found[1] : null);
wait_until(fn () => @file_get_contents("http://127.0.0.1:$port/") === 'ok' && in_array('started', $events($log), true));
echo implode(', ', $events($log)), "\n";
?>
--EXPECT--
running: start_failed, started
start_failed, started
