--TEST--
Of several names the first bad news ends the wait, whatever the order and whoever waits
--EXTENSIONS--
bgworkers
posix
--SKIPIF--
<?php if (PHP_OS_FAMILY === 'Windows') die('skip no limit of descriptors'); ?>
--INI--
bgworkers.config={TMP}/bgworkers-phpt/get_vars-bad_news_of_one_ends_the_wait_for_all/workers.ini
bgworkers.log_level=error
error_log=/dev/null
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
use function BgWorkers\{get_vars, status};

$wait = <<<'PHP'
    try {
        BgWorkers\get_vars($argv[2] === 'last' ? ['slow', 'dead'] : ['dead', 'slow'], 20);
    } catch (RuntimeException $error) {
        BgWorkers\set_vars([get_class($error)]);
    }
    live();
    PHP;
workers([
    'slow' => 'touch(__DIR__ . "/flag-slow"); live();', 'slow too' => 'touch(__DIR__ . "/flag-slow-too"); live();',
    'late' => 'live();',
    'dead' => ['code' => 'while (!file_exists(__DIR__ . "/flag-die")) { usleep(1000); } throw new Exception("dead");', 'max_consecutive_failures' => 1],
    'first' => ['code' => $wait, 'args[]' => 'first'], 'last' => ['code' => $wait, 'args[]' => 'last'],
]);
$said = fn (array $names, float $timeout) => preg_replace('/(:.*?):.*/', '$1', thrown(fn () => get_vars($names, $timeout))) . "\n";

// Two workers and this script wait before there is any news.
attempt(fn () => get_vars(['first', 'last', 'dead'], 0));
wait_until(fn () => status()['first']['state'] === 'running' && status()['last']['state'] === 'running');
touch(temp_path('flag-die'));
echo $said(['slow', 'slow too', 'dead'], 20);
echo json_encode(get_vars(['first', 'last'], 25)), "\n";

// It is old news now.
echo $said(['dead', 'slow'], 20), $said(['slow', 'dead', 'slow too'], 20), $said(['slow', 'dead'], 0);

// No descriptor is left for the handle of "late". The others have opened their scripts by then, which a state of
// "running" does not say.
wait_until(fn () => is_file(temp_path('flag-slow')) && is_file(temp_path('flag-slow-too')));
posix_setrlimit(POSIX_RLIMIT_NOFILE, 3, posix_getrlimit()['hard openfiles']);
echo $said(['slow', 'late'], 20);
posix_setrlimit(POSIX_RLIMIT_NOFILE, posix_getrlimit()['hard openfiles'], posix_getrlimit()['hard openfiles']);
?>
--EXPECTF--
BgWorkers\TimeoutException: worker "first" is not ready after 0 s: %s
BgWorkers\WorkerException: worker "dead" has given up
{"first":["BgWorkers\\WorkerException"],"last":["BgWorkers\\WorkerException"]}
BgWorkers\WorkerException: worker "dead" has given up
BgWorkers\WorkerException: worker "dead" has given up
BgWorkers\WorkerException: worker "dead" has given up
RuntimeException: worker "late" could not be started
