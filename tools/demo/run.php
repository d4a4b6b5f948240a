<?php
// The main job, shown: a real php-fpm, a worker that watches feature flags, requests that see each change at once.
//
// usage: ./dev demo [--redis]. Reads PHP_FPM and EXTENSION (and AUTOLOAD) from the environment.

require dirname(__DIR__, 2) . '/tests/hosts/fastcgi.php';

$with_redis = in_array('--redis', $argv, true);
$examples = dirname(__DIR__, 2) . '/docs/recipes/' . ($with_redis ? 'redis' : 'poll-a-file');
$dir = sys_get_temp_dir() . '/bgworkers-demo-' . getmypid();
mkdir($dir);
$processes = [];
register_shutdown_function(function () use ($dir, &$processes) {
    foreach ($processes as $process) {
        if (proc_get_status($process)['running']) {
            proc_terminate($process, SIGKILL);
            proc_close($process);
        }
    }
    array_map(unlink(...), glob("$dir/*"));
    @rmdir($dir);
});

function say(string $text): void
{
    static $start = null;
    $start ??= microtime(true);
    printf("%6.2f s  %s\n", microtime(true) - $start, $text);
}

function start(string $command, string $log): mixed
{
    global $processes;
    return $processes[] = proc_open("exec $command", [['file', '/dev/null', 'r'], ['file', $log, 'a'], ['file', $log, 'a']], $pipes);
}

/** Asks until the answer is there; returns how long that took in milliseconds. */
function wait_for(string $what, callable $seen, float $seconds = 10): float
{
    $start = microtime(true);
    while (!$seen()) {
        if (microtime(true) - $start > $seconds) {
            fwrite(STDERR, "demo: still no $what after $seconds s\n");
            exit(1);
        }
        usleep(1000);
    }
    return (microtime(true) - $start) * 1000;
}

foreach (glob("$examples/*") as $file) {
    copy($file, "$dir/" . basename($file));
}
if ($with_redis) {
    file_put_contents("$dir/workers.ini", "\nenv[REDIS_URL] = unix:$dir/redis.sock\nenv[AUTOLOAD] = "
        . getenv('AUTOLOAD') . "\n", FILE_APPEND);
    start("redis-server --port 0 --unixsocket $dir/redis.sock --save ''", "$dir/redis.log");
    wait_for('redis-server', fn () => @stream_socket_client("unix://$dir/redis.sock"));
    $set = fn (string $checkout) => shell_exec("redis-cli -s $dir/redis.sock hset flags checkout $checkout && "
        . "redis-cli -s $dir/redis.sock publish flags changed");
} else {
    $set = fn (string $checkout) => file_put_contents("$dir/flags.json", json_encode(['checkout' => $checkout]));
}
$ask = fn () => trim(fastcgi_get("$dir/fpm.sock", "$dir/index.php"));

file_put_contents("$dir/fpm.conf", <<<CONF
    [global]
    error_log = $dir/fpm.log
    log_level = debug
    process_control_timeout = 10s
    [www]
    listen = $dir/fpm.sock
    pm = static
    pm.max_children = 2
    php_admin_value[bgworkers.config] = $dir/workers.ini
    php_admin_value[error_log] = $dir/php.log

    CONF);
if (posix_getuid() === 0) {
    file_put_contents("$dir/fpm.conf", "user = root\ngroup = root\n", FILE_APPEND);
}

$set('old');
$fpm = start(escapeshellarg(getenv('PHP_FPM')) . ' -n -R -F -y ' . escapeshellarg("$dir/fpm.conf") . ' -d extension='
    . escapeshellarg(getenv('EXTENSION')), "$dir/fpm.out");
wait_for('php-fpm', fn () => @stream_socket_client("unix://$dir/fpm.sock"));
say('php-fpm runs with two children; no other service' . ($with_redis ? ' but a redis-server' : ''));

$start = microtime(true);
$answer = $ask();
say(sprintf('the first request starts the worker and waits for it: "%s" after %.1f ms', $answer, (microtime(true) - $start) * 1000));
$start = microtime(true);
for ($i = 0; $i < 200; ++$i) {
    $ask();
}
say(sprintf('200 requests more: %.2f ms each, FastCGI included', (microtime(true) - $start) * 5));

// Both children have to see it: ten equal answers in a row come from both.
$all_say = function (string $expected) use ($ask) {
    for ($i = 0; $i < 10; ++$i) {
        if ($ask() !== $expected) {
            return false;
        }
    }
    return true;
};
foreach (['new', 'old', 'new'] as $checkout) {
    $set($checkout);
    $took = wait_for("the $checkout checkout", fn () => $all_say("the $checkout checkout"));
    say(sprintf('%s: every request sees "the %s checkout" within %.0f ms', $with_redis ? 'published with redis-cli' : 'file edited', $checkout, $took));
}

$script = file_get_contents("$dir/worker.php");
file_put_contents("$dir/worker.php", str_replace('set_vars($', 'not_a_function(); set_vars($', $script));
say('a bad deploy: the worker is restarted with a script that dies of a fatal error');
$crashes = fn () => substr_count(file_get_contents("$dir/php.log"), 'event=exited status=255');
wait_for('crash of the worker', fn () => $crashes() >= 2);
$set('old');
$answers = array_count_values(array_map(fn () => $ask(), range(1, 50)));
say(sprintf('%d runs have crashed; 50 requests meanwhile got: %s', $crashes(), json_encode($answers)));
file_put_contents("$dir/worker.php", $script);
$took = wait_for('the old checkout', fn () => $all_say('the old checkout'), 15);
say(sprintf('script mended: the worker is back by itself, every request sees "the old checkout" after %.0f ms', $took));

proc_terminate($fpm, SIGQUIT);
$status = null;
wait_for('the end of php-fpm', function () use ($fpm, &$status) {
    $status ??= ($now = proc_get_status($fpm))['running'] ? null : $now['exitcode'];
    return $status !== null;
}, 15);
// FPM's own log says how its children ended, ours how their workers did: the last run of each of them.
preg_match_all('/child \d+ exited ((?:with code|on signal) \d+)/', file_get_contents("$dir/fpm.log"), $children);
preg_match_all('/event=(?:exited|killed) .*?status=(\d+)/', file_get_contents("$dir/php.log"), $workers);
$workers = array_slice($workers[1], -2);
$clean = $status === 0 && $children[1] === ['with code 0', 'with code 0'] && $workers === ['0', '0'];
say(sprintf('php-fpm was told to finish: workers ended with status %s, children %s, php-fpm itself with status %d: %s',
    implode(' and ', $workers), implode(' and ', $children[1]), $status, $clean ? 'all in order' : 'NOT in order'));

$log = preg_grep('/bgworkers: level/', file("$dir/php.log"));
echo "\nThe log, each of the two children with a worker of its own; first lines and last:\n";
echo '  ', implode('  ', array_slice($log, 0, 4)), "  ...\n  ", implode('  ', array_slice($log, -4));
exit($clean ? 0 : 1);
