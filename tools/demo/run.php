<?php
// The main job, shown: a real php-fpm, one worker for all of its children that watches feature flags, requests that see each
// change at once, and what they notice when the child that runs the worker is killed: nothing.
//
// usage: ./dev demo [--redis]. Reads PHP_FPM and EXTENSION (and AUTOLOAD) from the environment.

require dirname(__DIR__, 2) . '/tests/lib/workers.php';
require dirname(__DIR__, 2) . '/tests/hosts/fastcgi.php';

// The demo's engine has no pcntl, whose constants SIGQUIT and SIGKILL are.
const QUIT = 3;
const KILL = 9;

$with_redis = in_array('--redis', $argv, true);
$examples = dirname(__DIR__, 2) . '/docs/recipes/' . ($with_redis ? 'redis' : 'poll-a-file');
$dir = sys_get_temp_dir() . '/bgworkers-demo-' . getmypid();
mkdir($dir);
$processes = [];
$clean = false;
register_shutdown_function(function () use ($dir, &$processes, &$clean) {
    foreach ($processes as $process) {
        if (proc_get_status($process)['running']) {
            proc_terminate($process, KILL);
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
file_put_contents("$dir/workers.ini", "\nshared = 1\n", FILE_APPEND);
if ($with_redis) {
    file_put_contents("$dir/workers.ini", "env[REDIS_URL] = unix:$dir/redis.sock\nenv[AUTOLOAD] = "
        . getenv('AUTOLOAD') . "\n", FILE_APPEND);
    start("redis-server --port 0 --unixsocket $dir/redis.sock --save ''", "$dir/redis.log");
    wait_for('redis-server', fn () => @stream_socket_client("unix://$dir/redis.sock"));
    $set = fn (string $checkout) => shell_exec("redis-cli -s $dir/redis.sock hset flags checkout $checkout && "
        . "redis-cli -s $dir/redis.sock publish flags changed");
} else {
    $set = fn (string $checkout) => put("$dir/flags.json", json_encode(['checkout' => $checkout]));
}
$ask = fn () => trim(fastcgi_get("$dir/fpm.sock", "$dir/index.php"));

const CHILDREN = 3;
// Asks all children at once, each once: a request waits until the others have one in hand, too.
file_put_contents("$dir/all.php", <<<'PHP'
    <?php
    touch(__DIR__ . "/asked-$_GET[round]-" . getmypid());
    $end = microtime(true) + 8;
    while (count(glob(__DIR__ . "/asked-$_GET[round]-*")) < $_GET['children'] && microtime(true) < $end) {
        usleep(200);
    }
    ob_start();
    require __DIR__ . '/index.php';
    echo json_encode(['pid' => getmypid(), 'answer' => trim(ob_get_clean()), 'worker' => current(BgWorkers\status())]);
    PHP);
$ask_all = function () use ($dir) {
    static $round = 0;
    ++$round;
    $requests = [];
    for ($i = 0; $i < CHILDREN; ++$i) {
        $requests[] = fastcgi_ask("$dir/fpm.sock", "$dir/all.php", "round=$round&children=" . CHILDREN);
    }
    $answers = array_map(fn ($request) => json_decode($body = fastcgi_answer($request), true)
        ?? throw new RuntimeException("an answer that is none: $body"), $requests);
    array_map(unlink(...), glob("$dir/asked-$round-*"));
    return array_column($answers, null, 'pid');
};
/** Does this hold of all children? */
$all = fn (callable $holds) => count(array_filter($ask_all(), $holds)) === CHILDREN;
file_put_contents("$dir/worker-of.php", '<?php echo json_encode(current(BgWorkers\status()));');
$worker = fn () => json_decode(fastcgi_get("$dir/fpm.sock", "$dir/worker-of.php"), true);

file_put_contents("$dir/fpm.conf", <<<CONF
    [global]
    error_log = $dir/fpm.log
    log_level = debug
    process_control_timeout = 10s
    [www]
    listen = $dir/fpm.sock
    pm = static
    pm.max_children = 3
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
say('php-fpm runs with ' . CHILDREN . ' children and will have one worker for all of them; no other service'
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
    $took = wait_for("the $checkout checkout", fn () => $all(fn ($child) => $child['answer'] === "the $checkout checkout"));
    say(sprintf('%s: all children see "the %s checkout" within %.0f ms',
        $with_redis ? 'published with redis-cli' : 'file edited', $checkout, $took));
}
$leader = $worker()['leader'];
$others = array_values(array_diff(array_keys($ask_all()), [$leader]));
say("process $leader runs the worker, " . implode(' and ', $others) . ' read what it publishes, from one copy in memory');

posix_kill($leader, KILL);
$killed = microtime(true);
// Until it is gone it may take one more request, which dies with it.
wait_for('the end of the killed process',
    fn () => str_contains(file_get_contents("$dir/fpm.log"), "child $leader exited on signal 9"));
$answers = [];
$slowest = 0;
do {
    $start = microtime(true);
    $answer = $ask();
    $answers[$answer] = ($answers[$answer] ?? 0) + 1;
    $slowest = max($slowest, microtime(true) - $start);
    $next = $worker()['leader'];
} while (in_array($next, [$leader, null], true) && microtime(true) < $killed + 30);
say(sprintf('kill -9 %d: after %.0f ms process %d has taken over', $leader, (microtime(true) - $killed) * 1000, $next));
say(sprintf('requests meanwhile: %s; the slowest took %.1f ms', json_encode($answers), $slowest * 1000));
$set('old');
wait_for('the old checkout', fn () => $all(fn ($child) => $child['answer'] === 'the old checkout'));
$set('new');
$took = wait_for('the new checkout', fn () => $all(fn ($child) => $child['answer'] === 'the new checkout'));
say(sprintf('the next change is seen by all children, a new one in place of the killed among them, within %.0f ms', $took));
$no_gap = array_keys($answers) === ['the new checkout'] && $next !== $leader;

$crashes = $worker()['crashes'];
$script = file_get_contents("$dir/worker.php");
put("$dir/worker.php", str_replace('set_vars($', 'not_a_function(); set_vars($', $script));
say('a bad deploy: the worker is restarted with a script that dies of a fatal error');
wait_for('crash of the worker', fn () => $all(fn ($child) => $child['worker']['crashes'] > $crashes));
$set('old');  // no worker is there to tell
$answers = array_count_values(array_map(fn () => $ask(), range(1, 50)));
say('it has crashed; 50 requests meanwhile got what was read last: ' . json_encode($answers));
put("$dir/worker.php", $script);
// Only a worker that runs can have published this.
$took = wait_for('the old checkout', fn () => $all(fn ($child) => $child['answer'] === 'the old checkout'
    && $child['worker']['state'] === 'running'));
say(sprintf('script mended: the worker is back by itself, all children see "the old checkout" after %.0f ms', $took));

proc_terminate($fpm, QUIT);
$status = null;
wait_for('the end of php-fpm', function () use ($fpm, &$status) {
    $status ??= ($now = proc_get_status($fpm))['running'] ? null : $now['exitcode'];
    return $status !== null;
});
// FPM's own log says how its children ended, ours how the worker did.
preg_match_all('/child \d+ exited ((?:with code|on signal) \d+)/', file_get_contents("$dir/fpm.log"), $children);
$children = array_count_values($children[1]);
preg_match_all('/event=(?:exited|killed) .*?status=(\d+)/', file_get_contents("$dir/php.log"), $runs);
$clean = $status === 0 && $children === ['on signal 9' => 1, 'with code 0' => CHILDREN] && end($runs[1]) === '0' && $no_gap;
say(sprintf('php-fpm was told to finish: the worker ended with status %s, %d children with code 0, php-fpm itself with status %d: %s',
    end($runs[1]), $children['with code 0'] ?? 0, $status, $clean ? 'all in order' : 'NOT in order'));

$log = array_values(preg_grep('/bgworkers\[\d+\]: level/', file("$dir/php.log")));
$takeover = key(preg_grep('/event=took_over/', $log)) ?? 3;
echo "\nThe log: the first lines, those of the takeover, and the last:\n";
foreach ([array_slice($log, 0, 3), array_slice($log, max(3, $takeover), 3), array_slice($log, -3)] as $i => $lines) {
    echo $i ? "  ...\n" : '', '  ', implode('  ', $lines);
}
exit($clean ? 0 : 1);
