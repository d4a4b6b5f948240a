<?php
// The main job, shown: a real php-fpm, a worker that watches feature flags, requests that see each change at once.
//
// usage: ./dev demo [--redis]. Reads PHP_FPM and EXTENSION (and AUTOLOAD) from the environment.

require dirname(__DIR__, 2) . '/tests/lib/workers.php';
require dirname(__DIR__, 2) . '/tests/hosts/fastcgi.php';

$with_redis = in_array('--redis', $argv, true);
$examples = dirname(__DIR__, 2) . '/docs/recipes/' . ($with_redis ? 'redis' : 'poll-a-file');
$dir = sys_get_temp_dir() . '/bgworkers-demo-' . getmypid();
mkdir($dir);
$processes = [];
$clean = false;
register_shutdown_function(function () use ($dir, &$processes, &$clean) {
    foreach ($processes as $process) {
        if (proc_get_status($process)['running']) {
            proc_terminate($process, SIGKILL);
            proc_close($process);
        }
    }
    if (!$clean) {
        fwrite(STDERR, "demo: NOT in order; logs and files are kept in $dir\n");
        return;
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
    $files = [['file', '/dev/null', 'r'], ['file', $log, 'a'], ['file', $log, 'a']];
    return $processes[] = proc_open("exec $command", $files, $pipes);
}

/** Writes a file at once: nobody reads half of it. */
function put(string $file, string $content): void
{
    file_put_contents("$file.new", $content);
    rename("$file.new", $file);
}

/** Waits until it is seen; returns how long that took in milliseconds. */
function wait_for(string $what, callable $seen, float $seconds = 30): float
{
    $start = microtime(true);
    if (!poll($seen, $seconds)) {
        fwrite(STDERR, "demo: still no $what after $seconds s\n");
        exit(1);
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
    $set = fn (string $checkout) => put("$dir/flags.json", json_encode(['checkout' => $checkout]));
}
$ask = fn () => trim(fastcgi_get("$dir/fpm.sock", "$dir/index.php"));

// Asks both children at once, each once: a request waits until the other child has one in hand, too.
file_put_contents("$dir/both.php", <<<'PHP'
    <?php
    touch(__DIR__ . "/asked-$_GET[round]-" . getmypid());
    for ($end = microtime(true) + 8; count(glob(__DIR__ . "/asked-$_GET[round]-*")) < 2 && microtime(true) < $end;) {
        usleep(200);
    }
    ob_start();
    require __DIR__ . '/index.php';
    echo json_encode(['pid' => getmypid(), 'answer' => trim(ob_get_clean()), 'worker' => current(BgWorkers\status())]);
    PHP);
$ask_both = function () use ($dir) {
    static $round = 0;
    ++$round;
    $requests = [];
    foreach ([1, 2] as $_) {
        $requests[] = fastcgi_ask("$dir/fpm.sock", "$dir/both.php", "round=$round");
    }
    $answers = array_map(fn ($request) => json_decode($body = fastcgi_answer($request), true)
        ?? throw new RuntimeException("an answer that is none: $body"), $requests);
    array_map(unlink(...), glob("$dir/asked-$round-*"));
    return array_column($answers, null, 'pid');
};
/** Does this hold of both children? */
$both = fn (callable $holds) => count(array_filter($ask_both(), $holds)) === 2;

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
say('php-fpm runs with two children, each with a worker of its own; no other service'
    . ($with_redis ? ' but a redis-server' : ''));

$start = microtime(true);
$answer = $ask();
say(sprintf('the first request starts the worker and waits for it: "%s" after %.1f ms', $answer,
    (microtime(true) - $start) * 1000));
$start = microtime(true);
for ($i = 0; $i < 200; ++$i) {
    $ask();
}
say(sprintf('200 requests more: %.2f ms each, FastCGI included', (microtime(true) - $start) * 5));

foreach (['new', 'old', 'new'] as $checkout) {
    $set($checkout);
    $took = wait_for("the $checkout checkout", fn () => $both(fn ($child) => $child['answer'] === "the $checkout checkout"));
    say(sprintf('%s: both children see "the %s checkout" within %.0f ms',
        $with_redis ? 'published with redis-cli' : 'file edited', $checkout, $took));
}
say('the children are the processes ' . implode(' and ', array_keys($ask_both())));

$script = file_get_contents("$dir/worker.php");
put("$dir/worker.php", str_replace('set_vars($', 'not_a_function(); set_vars($', $script));
say('a bad deploy: both workers are restarted with a script that dies of a fatal error');
wait_for('crash of both workers', fn () => $both(fn ($child) => $child['worker']['crashes'] > 0));
$set('old');  // no worker is there to tell
$answers = array_count_values(array_map(fn () => $ask(), range(1, 50)));
say('both have crashed; 50 requests meanwhile got what was read last: ' . json_encode($answers));
put("$dir/worker.php", $script);
// Only a worker that runs can have published this.
$took = wait_for('the old checkout', fn () => $both(fn ($child) => $child['answer'] === 'the old checkout'
    && $child['worker']['state'] === 'running'));
say(sprintf('script mended: both workers are back by themselves, both children see "the old checkout" after %.0f ms', $took));

proc_terminate($fpm, SIGQUIT);
$status = null;
wait_for('the end of php-fpm', function () use ($fpm, &$status) {
    $status ??= ($now = proc_get_status($fpm))['running'] ? null : $now['exitcode'];
    return $status !== null;
});
// FPM's own log says how its children ended, ours how their workers did: the last run of each of them.
preg_match_all('/child \d+ exited ((?:with code|on signal) \d+)/', file_get_contents("$dir/fpm.log"), $children);
preg_match_all('/event=(?:exited|killed) .*?status=(\d+)/', file_get_contents("$dir/php.log"), $workers);
$workers = array_slice($workers[1], -2);
$clean = $status === 0 && $children[1] === ['with code 0', 'with code 0'] && $workers === ['0', '0'];
say(sprintf('php-fpm was told to finish: workers ended with status %s, children %s, php-fpm itself with status %d: %s',
    implode(' and ', $workers), implode(' and ', $children[1]), $status, $clean ? 'all in order' : 'NOT in order'));

$log = preg_grep('/bgworkers\[\d+\]: level/', file("$dir/php.log"));
echo "\nThe log, each of the two children with a worker of its own; first lines and last:\n";
echo '  ', implode('  ', array_slice($log, 0, 4)), "  ...\n  ", implode('  ', array_slice($log, -4));
exit($clean ? 0 : 1);
