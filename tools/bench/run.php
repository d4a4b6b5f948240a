<?php
// The benchmark: bgworkers and its peers in one process, a php -S, measured in turns.
//
// usage: ./dev bench [--json]. Reads PHP, EXTENSION and APCU from the environment. A missed target is told, not failed.

require __DIR__ . '/data.php';
require __DIR__ . '/report.php';

const SIZES = [1, 10, 1000, 10000];
const ROUNDS = 41;          // turns of each contender
const REQUESTS = 600;       // per size, for the first call of a request
const WAKES = 300;
const WAKE_PARTS = 10;      // in turns with the peer
const COLD_STARTS = 100;
const PUBLICATIONS = 100000;
const IDLE_WORKERS = 64;
// ext-parallel cannot be part of the set-up: measured once, see docs/benchmarks.md. Nanoseconds.
const PARALLEL_HALF_ROUND_TRIP = 19000;
const PARALLEL_NEW_RUNTIME = 240000;

$json = in_array('--json', $argv, true);
$dir = sys_get_temp_dir() . '/bgworkers-bench-' . getmypid();
$server = null;
register_shutdown_function(function () use ($dir, &$server) {
    if ($server !== null && proc_get_status($server)['running']) {
        proc_terminate($server, SIGKILL);
        proc_close($server);
    }
    array_map(unlink(...), [...glob("$dir/workers/*"), ...array_filter(glob("$dir/*"), is_file(...))]);
    @rmdir("$dir/workers");
    @rmdir($dir);
});

function progress(string $text): void
{
    fwrite(STDERR, "bench: $text\n");
}

function fail(string $text): never
{
    global $dir;
    progress($text);
    fwrite(STDERR, implode('', array_slice(@file("$dir/server.log") ?: [], -10)));
    exit(1);
}

// --- The scripts, with the data of each size -----------------------------------------------------------------------

mkdir("$dir/workers", 0700, true);
file_put_contents("$dir/nothing.php", '<?php echo ".";');
foreach ([...glob(__DIR__ . '/*.php'), ...glob(__DIR__ . '/workers/*.php')] as $script) {
    copy($script, $dir . substr($script, strlen(__DIR__)));
}
$declared = [];
foreach (SIZES as $size) {
    $data = var_export(entries($size), true);
    file_put_contents("$dir/data-$size.php", "<?php\nreturn $data;\n");
    file_put_contents("$dir/function-$size.php", "<?php\nfinal class Data$size { static array \$data = $data; static function get(): array { return self::\$data; } }\n");
    file_put_contents("$dir/contenders-$size.php", strtr(file_get_contents(__DIR__ . '/contenders.php.in'), ['SIZE' => $size, 'DIR' => $dir]));
    $declared["data-$size"] = 'data.php';
}
foreach (range(0, 9) as $i) {
    $declared["name-$i"] = 'name.php';
}
foreach (range(1, WAKES) as $i) {
    $declared["wake-$i"] = 'wake.php';
}
foreach (range(1, IDLE_WORKERS) as $i) {
    $declared["idle-$i"] = 'take.php';
}
foreach (range(1, COLD_STARTS) as $i) {
    $declared["cold-$i"] = 'cold.php';
}
$declared += ['publish' => 'publish.php', 'ticker' => 'ticker.php', 'reader-1' => 'reader.php', 'reader-2' => 'reader.php',
    'bytes' => 'bytes.php', 'rss' => 'rss.php', 'rss-reader-1' => 'rss_reader.php', 'rss-reader-2' => 'rss_reader.php',
    'echo' => 'echo.php', 'take' => 'take.php', 'hold' => 'hold.php'];
$more = ['rss' => 'env[BENCH_PUBLICATIONS] = ' . PUBLICATIONS . "\n", 'take' => "max_task_size = 0\n", 'hold' => "queue = 1000\n"];
file_put_contents("$dir/workers.ini", implode('', array_map(
    fn ($name, $script) => "[$name]\nscript = workers/$script\nini[memory_limit] = -1\n" . ($more[$name] ?? ''),
    array_keys($declared), $declared)));

/** The count in what callgrind has said. */
function collected(string $told): int
{
    return preg_match('/Collected : (\d+)/', $told, $match) ? (int) $match[1] : fail("callgrind counts nothing: $told");
}

/**
 * What a request costs that reads nothing, in a php -S of its own: the difference of many and few requests. `$inside`
 * names functions: their instructions alone.
 */
function request_instructions(array $settings, array $inside = []): float
{
    global $dir;
    $few = 10;
    $many = 110;
    $counts = [];
    foreach ([$few, $many] as $requests) {
        $log = "$dir/counted.log";
        file_put_contents($log, '');
        $process = proc_open(['valgrind', '--tool=callgrind', '--callgrind-out-file=/dev/null',
            ...array_map(fn ($name) => "--toggle-collect=$name", $inside),
            getenv('PHP'), '-n', ...$settings, '-S', '127.0.0.1:0', "$dir/nothing.php"],
            [['file', '/dev/null', 'r'], ['file', $log, 'a'], ['file', $log, 'a']], $pipes);
        for ($wait = 0; !preg_match('~http://127\.0\.0\.1:\d+~', file_get_contents($log), $url); ++$wait) {
            $wait < 3000 || fail('php -S does not start under callgrind');
            usleep(20000);
        }
        for ($i = 0; $i < $requests; ++$i) {
            @file_get_contents($url[0], false, stream_context_create(['http' => ['timeout' => 60]])) === '.' || fail('a request that reads nothing fails');
        }
        proc_terminate($process, SIGINT);
        for ($wait = 0; proc_get_status($process)['running'] && $wait < 3000; ++$wait) {
            usleep(20000);
        }
        $counts[] = collected(file_get_contents($log));
    }
    return ($counts[1] - $counts[0]) / ($many - $few);
}

/** Nanoseconds from a notification to the thread that has waited for it. @return list<float> */
function wake_floor(int $samples): array
{
    global $dir;
    $program = "$dir/wake_floor";
    if (!is_file($program)) {
        exec('c++ -O2 -std=c++20 -pthread -o ' . escapeshellarg($program) . ' ' . escapeshellarg(__DIR__ . '/wake_floor.cc') . ' 2>&1', $said, $status);
        $status === 0 || fail("wake_floor.cc does not compile:\n" . implode("\n", $said));
    }
    exec(escapeshellarg($program) . " $samples", $times, $status);
    count($times) === $samples || fail("wake_floor ends with status $status");
    return array_map('floatval', $times);
}

/** What a script's loop costs in a PHP of its own, by callgrind: the difference of a long and a short loop. */
function instructions(string $script, string $contender, array $rounds, string $jit): float
{
    global $dir, $settings;
    $counts = [];
    foreach ($rounds as $count) {
        $command = ['valgrind', '--tool=callgrind', '--callgrind-out-file=/dev/null', getenv('PHP'), '-n', ...$settings,
            '-d', 'opcache.enable_cli=1', '-d', 'apc.enable_cli=1', '-d', 'opcache.jit_buffer_size=64M', '-d', "opcache.jit=$jit",
            "$dir/$script", $contender, (string) $count];
        $process = proc_open($command, [['file', '/dev/null', 'r'], ['file', '/dev/null', 'a'], ['pipe', 'w']], $pipes);
        $told = stream_get_contents($pipes[2]);
        proc_close($process) === 0 || fail("$contender fails under callgrind: $told");
        $counts[] = collected($told);
    }
    return ($counts[1] - $counts[0]) / ($rounds[1] - $rounds[0]);
}

// --- The process that everything is measured in --------------------------------------------------------------------

$settings = [];
foreach ([
    'zend_extension' => 'opcache', 'opcache.file_update_protection' => 0, 'opcache.validate_timestamps' => 0,
    'opcache.memory_consumption' => 128, 'opcache.interned_strings_buffer' => 16, 'opcache.jit' => 'disable',
    // Without the serializer APCu copies arrays as they are, which is faster.
    'extension' => [getenv('APCU'), getenv('EXTENSION')], 'apc.shm_size' => '256M', 'apc.serializer' => 'default',
    'bgworkers.config' => "$dir/workers.ini", 'bgworkers.max_threads' => 1000, 'bgworkers.log_level' => 'warning',
    'max_execution_time' => 0, 'memory_limit' => -1,
] as $name => $values) {
    foreach ((array) $values as $value) {
        array_push($settings, '-d', "$name=$value");
    }
}
$server = proc_open([getenv('PHP'), '-n', ...$settings, '-S', '127.0.0.1:0', "$dir/server.php"], [['file', '/dev/null', 'r'], ['file', "$dir/server.log", 'a'], ['file', "$dir/server.log", 'a']], $pipes);
for ($wait = 0; !preg_match('~http://127\.0\.0\.1:(\d+)~', file_get_contents("$dir/server.log"), $address); ++$wait) {
    if ($wait > 500) {
        fail('php -S does not start');
    }
    usleep(10000);
}
$ask = function (string $row, array $arguments = []) use ($address): array {
    $url = "http://127.0.0.1:$address[1]/?" . http_build_query(['row' => $row] + $arguments);
    $body = @file_get_contents($url, false, stream_context_create(['http' => ['timeout' => 900]]));
    $samples = json_decode((string) $body, true);
    return is_array($samples) ? $samples : fail("no samples for $row: $body");
};
/** Asks many times and puts the samples together. */
$ask_often = function (int $times, callable $ask_once): array {
    $all = [];
    for ($i = 1; $i <= $times; ++$i) {
        foreach ($ask_once($i) as $name => $samples) {
            $all[$name] = [...$all[$name] ?? [], ...$samples];
        }
    }
    return $all;
};

// --- The rows -------------------------------------------------------------------------------------------------------

$rows = [];
$entries = fn (int $n) => number_format($n) . ($n === 1 ? ' entry' : ' entries');
$add_reads = function (string $group, array $samples_by_size, float $include_target, ?float $method_target = null) use (&$rows, $entries) {
    $ours = [];
    foreach ($samples_by_size as $size => $samples) {
        $ours[$size] = new Measured($samples['get_vars']);
        $rows[] = new Row($group, $entries($size), $ours[$size], 'include under OPcache', new Measured($samples['include under OPcache']), $include_target);
        $rows[] = new Row($group, $entries($size), $ours[$size], 'apcu_fetch', new Measured($samples['apcu_fetch']));
        $rows[] = new Row($group, $entries($size), $ours[$size], 'static method', new Measured($samples['static method']), $method_target);
    }
    $rows[] = new Row($group, $entries(max(SIZES)), $ours[max(SIZES)], 'get_vars of ' . $entries(1), $ours[1], 1.1);
};

progress('arrays of 1 to 10,000 entries, read again and again in a request');
foreach (SIZES as $size) {
    $ask('prepare', ['size' => $size])['equal'] || fail("the contenders do not hold the same $size entries, or not in OPcache");
}
$samples = [];
for ($part = 0; $part < 3; ++$part) {
    foreach (SIZES as $size) {
        $samples[$size] = array_merge_recursive($samples[$size] ?? [], $ask('again', ['size' => $size, 'rounds' => intdiv(ROUNDS, 3)]));
    }
}
$add_reads('get_vars again in a request', $samples, PHP_VERSION_ID >= 80400 ? 0.45 : 0.35, PHP_VERSION_ID >= 80400 ? 1.0 : null);

progress(REQUESTS * count(SIZES) . ' requests, the first call in each');
$samples = [];
for ($request = 0; $request < REQUESTS; ++$request) {
    foreach (SIZES as $size) {
        foreach ($ask('first', ['size' => $size]) as $contender => [$ns]) {
            $samples[$size][$contender][] = $ns;
        }
    }
}
$add_reads('the first get_vars of a request', $samples, 1.5);

$samples = $ask('list', ['rounds' => ROUNDS]);
$rows[] = new Row('get_vars of ten names', 'as an array', new Measured($samples['list']), 'an array of ten calls', new Measured($samples['singles']), 0.8);

progress('instructions of a read, by callgrind');
foreach (['without JIT' => 'disable', 'tracing JIT' => 'tracing'] as $how => $jit) {
    $counts = array_map(fn ($contender) => instructions('instructions.php', $contender, $contender === 'apcu_fetch' ? [5, 15] : [1000, 3000], $jit) / 8, array_combine(
        ['get_vars', 'static method', 'include under OPcache', 'apcu_fetch'],
        ['get_vars', 'static method', 'include under OPcache', 'apcu_fetch'],
    ));
    foreach (array_slice($counts, 1) as $peer => $count) {
        $rows[] = new Row('instructions of a read of 1,000 entries', $how, new Measured([$counts['get_vars']]), $peer, new Measured([$count]),
            $peer === 'static method' && PHP_VERSION_ID >= 80400 ? 0.7 : null, unit: 'instructions');
    }
}

progress('instructions of a request that reads nothing, by callgrind');
$plain = ['-d', 'zend_extension=opcache', '-d', 'opcache.jit=disable'];
$ours = [...$plain, '-d', 'extension=' . getenv('EXTENSION'), '-d', "bgworkers.config=$dir/workers.ini"];
foreach (['its start' => ['*zm_activate_bgworkers*'], 'its end' => ['*zm_deactivate_bgworkers*', '*on_post_deactivate*']] as $what => $inside) {
    $rows[] = new Row('instructions of a request that reads nothing', "$what, in bgworkers", new Measured([request_instructions($ours, $inside)]),
        value_target: 100, unit: 'instructions');
}
$rows[] = new Row('instructions of a request that reads nothing', 'the whole of it', new Measured([request_instructions($ours)]),
    'without the extension', new Measured([request_instructions($plain)]), 1.005, unit: 'instructions');

progress('publications of 1,000 entries');
$samples = array_map(fn ($s) => new Measured($s), $ask('publish'));
$rows[] = new Row('set_vars of 1,000 entries', 'all changed', $samples['changed'], 'apcu_store', $samples['apcu_store'], 1.0);
$rows[] = new Row('set_vars of 1,000 entries', 'the same instance', $samples['same'], value_target: 150);
$rows[] = new Row('set_vars of 1,000 entries', 'equal content', $samples['equal'], 'all changed', $samples['changed'], 0.3);

progress('blocked readers and workers that do not run yet');
$parallel = 'ext-parallel, measured apart';
$samples = $notified = [];
for ($part = 0; $part < WAKE_PARTS; ++$part) {
    $each = intdiv(WAKES, WAKE_PARTS);
    $samples = [...$samples, ...$ask_often($each, fn ($i) => $ask('wake', ['sample' => $part * $each + $i]))['wake']];
    $notified = [...$notified, ...wake_floor($each)];
}
$rows[] = new Row('from set_vars to a blocked reader', 'p50', new Measured($samples), 'a condition variable in C++', new Measured($notified), 1.3);
$rows[] = new Row('from set_vars to a blocked reader', 'p50', new Measured($samples), $parallel, new Measured([PARALLEL_HALF_ROUND_TRIP]));
$rows[] = new Row('from set_vars to a blocked reader', 'p99', new Measured($samples, 0.99));
$samples = $ask_often(COLD_STARTS, fn ($i) => $ask('cold', ['sample' => $i]))['cold'];
$rows[] = new Row('get_vars that starts its worker', 'three lines of script', new Measured($samples), $parallel, new Measured([PARALLEL_NEW_RUNTIME]), value_target: 1e6);

progress('reads on 1 and on 2 threads beside 1,000 publications a second');
$samples = $ask('threads', ['rounds' => 7]);
$rows[] = new Row('a read beside 1,000 publications a second', 'on each of 2 threads', new Measured($samples['together']), 'on 1 thread', new Measured($samples['alone']), round(1 / 0.9, 2),
    note: sprintf('%.0f publications a second were made', $samples['publications a second'][0]));

progress('tasks, on one CPU and on those that the scheduler chooses');
require __DIR__ . '/task_rows.php';
array_push($rows, ...task_rows($ask, proc_get_status($server)['pid'], $dir));

$samples = $ask('bytes');
$rows[] = new Row('memory', 'snapshot of 1,000 entries', new Measured($samples['snapshot']), 'memory_get_usage of the array', new Measured($samples['array']), 1.1, unit: 'B');

progress(number_format(PUBLICATIONS) . ' publications of 1 MB, with readers');
$samples = $ask('rss');
$rows[] = new Row('memory', 'RSS, ' . number_format(PUBLICATIONS) . ' publications', new Measured($samples['late']), 'after 1,000', new Measured($samples['early']), 1.05, unit: 'B',
    note: sprintf('of 1 MB each, with readers at work; one took %s', scaled($samples['publication'][0], 'ns')));

proc_terminate($server, SIGINT);
for ($wait = 0; proc_get_status($server)['running'] && $wait < 1000; ++$wait) {
    usleep(10000);
}

if ($json) {
    foreach ($rows as $row) {
        echo $row->json(), "\n";
    }
} else {
    print_table($rows);
}
