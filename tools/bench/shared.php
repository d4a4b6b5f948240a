<?php
// What one worker for all processes of a php-fpm costs and saves, beside a worker in each, APCu and include.
//
// usage: ./dev bench shared [--json]. Reads PHP_FPM, EXTENSION and APCU from the environment.

require __DIR__ . '/data.php';
require __DIR__ . '/report.php';
require __DIR__ . '/../../tests/hosts/fastcgi.php';

const ENTRIES = 24000;  // about 10 MB
const KILLS = 20;

$dir = sys_get_temp_dir() . '/bgworkers-bench-' . getmypid();
mkdir($dir, 0700, true);
register_shutdown_function(function () use ($dir) {
    Pool::$running?->stop();
    array_map(unlink(...), array_filter(glob("$dir/*"), is_file(...)));
    rmdir($dir);
});

function progress(string $text): void
{
    fwrite(STDERR, "bench: $text\n");
}

/** A php-fpm with one pool; one at a time. */
final class Pool
{
    public static ?Pool $running = null;
    private mixed $process;

    public function __construct(private string $dir, string $workers, string ...$settings)
    {
        self::$running?->stop();
        file_put_contents("$dir/workers.ini", $workers);
        $root = posix_getuid() === 0 ? "user = root\ngroup = root\n" : '';
        $lines = ['[global]', "error_log = $dir/fpm.log", 'daemonize = no', '[www]', "{$root}listen = $dir/www.sock",
            'pm = static', "php_admin_value[error_log] = $dir/php.log", ...$settings, ''];
        file_put_contents("$dir/fpm.conf", implode("\n", $lines));
        $command = [getenv('PHP_FPM'), '-n', '-R', '-F', '-y', "$dir/fpm.conf"];
        foreach (['zend_extension=opcache', 'extension=' . getenv('EXTENSION'), 'extension=' . getenv('APCU'),
            'apc.shm_size=256M', "bgworkers.config=$dir/workers.ini", 'memory_limit=-1', 'bgworkers.shared_memory=256M',
            'opcache.jit=disable', 'opcache.file_update_protection=0'] as $option) {
            array_push($command, '-d', $option);
        }
        $this->process = proc_open($command,
            [['file', '/dev/null', 'r'], ['file', "$dir/out", 'a'], ['file', "$dir/out", 'a']], $pipes);
        self::$running = $this;
        for ($i = 0; !@stream_socket_client("unix://$dir/www.sock") && $i < 500; ++$i) {
            usleep(10000);
        }
    }

    public function ask(string $script, string $query = ''): mixed
    {
        return fastcgi_ask("$this->dir/www.sock", "$this->dir/$script", $query);
    }

    public function get(string $script, string $query = ''): mixed
    {
        $answer = fastcgi_answer($this->ask($script, $query));
        return json_decode($answer, true)
            ?? throw new RuntimeException("$script?$query: $answer\n" . @file_get_contents("$this->dir/php.log"));
    }

    /** Runs a script once in each child at least: all at once, and each takes a moment. */
    public function in_all(int $children, string $script, string $query): void
    {
        for ($seen = [], $turn = 0; count($seen) < $children && $turn < 20; ++$turn) {
            foreach (array_map(fn () => $this->ask($script, $query), range(1, $children)) as $asked) {
                $seen[json_decode(fastcgi_answer($asked), true)['pid']] = true;
            }
        }
        count($seen) === $children
            || throw new RuntimeException('only ' . count($seen) . " of $children children answer");
    }

    /** Bytes that the children have to themselves, and their parts of what they share. */
    public function memory(): float
    {
        $master = proc_get_status($this->process)['pid'];
        $sum = 0;
        foreach (explode(' ', trim(file_get_contents("/proc/$master/task/$master/children"))) as $child) {
            preg_match('/^Pss:\s+(\d+)/m', file_get_contents("/proc/$child/smaps_rollup"), $found);
            $sum += 1024 * $found[1];
        }
        return $sum;
    }

    public function stop(): void
    {
        if (self::$running === $this) {
            self::$running = null;
            proc_terminate($this->process, SIGTERM);
            proc_close($this->process);
        }
    }
}

copy(__DIR__ . '/data.php', "$dir/data.php");
foreach (glob(__DIR__ . '/fpm/*.php') as $script) {
    copy($script, "$dir/" . basename($script));
}
file_put_contents("$dir/included.php", '<?php return ' . var_export(entries(ENTRIES), true) . ';');
$declared = fn (string $script, bool $shared) =>
    "script = $script\n" . ($shared ? "shared = 1\n" : '') . "ini[memory_limit] = -1\n";
$both = fn (string $script) => "[data]\n" . $declared($script, true) . "[own]\n" . $declared($script, false);
$rows = [];

foreach ([10, 50] as $children) {
    progress("memory of $children children");
    $used = [];
    foreach (['data', 'own', 'apcu', 'include', 'nothing'] as $how) {
        $pool = new Pool($dir, $both('publish.php'), "pm.max_children = $children");
        for ($turn = 0; $turn < 5; ++$turn) {  // PHP's heap gives back slowly what compiling took
            $pool->in_all($children, 'read.php', "how=$how");
        }
        $used[$how] = new Measured([$pool->memory()]);
    }
    foreach (['own' => 'a worker in each process', 'apcu' => 'apcu_fetch', 'include' => 'include under OPcache',
        'nothing' => 'without any data'] as $how => $peer) {
        $rows[] = new Row("memory of $children children, which all read 10 MB", 'a shared worker', $used['data'], $peer,
            $used[$how], ratio_target: $how === 'include' ? 1.3 : null, unit: 'B');
    }
}

progress('reads');
$pool = new Pool($dir, $both('publish.php'), 'pm.max_children = 2');
$samples = ['data' => [], 'own' => []];
for ($i = 0; $i < 41; ++$i) {
    foreach ($samples as $name => $_) {
        $samples[$name][] = $pool->get('hot.php', "name=$name")['ns'];
    }
}
$rows[] = new Row('get_vars again in a request', 'of a shared worker', new Measured($samples['data']),
    'of an own worker', new Measured($samples['own']), ratio_target: 1.05);

progress('from set_vars to a request in another process');
$pool = new Pool($dir, $both('tick.php'), 'pm.max_children = 2');
$pool->in_all(2, 'leader.php', '');
$seen = [];
while (count($seen) < 1000) {
    $told = $pool->get('see.php');
    $seen = [...$seen, ...($told['leads'] ? [] : $told['seen'])];
}
$rows[] = new Row('from set_vars to a request in another process', 'p50', new Measured($seen));
$rows[] = new Row('from set_vars to a request in another process', 'p99', new Measured($seen, 0.99),
    value_target: 5e6);

progress('the first request of a new child');
foreach (['data', 'own'] as $how) {
    $pool = new Pool($dir, $both('tick.php'), 'pm.max_children = 3', 'pm.max_requests = 5');
    for ($first[$how] = [], $pids = [], $i = 0; $i < 150; ++$i) {
        $told = $pool->get('first.php', "name=$how");
        if (!isset($pids[$told['pid']]) && $i > 10) {
            $first[$how][] = $told['ns'];
        }
        $pids[$told['pid']] = true;
    }
}
$rows[] = new Row('the first get_vars of a new child', 'of a shared worker', new Measured($first['data']),
    'of an own worker', new Measured($first['own']));

progress('kills of the leader');
$pool = new Pool($dir, "[data]\n" . $declared('tick.php', true) . "max_consecutive_failures = -1\n",
    'pm.max_children = 4');
$pool->in_all(4, 'leader.php', '');
$leader = function () use ($pool): array {
    try {
        return $pool->get('leader.php');
    } catch (RuntimeException) {
        return ['leader' => null];  // the killed one had it in hand
    }
};
for ($leads = [], $i = 0; $i < KILLS; ++$i) {
    usleep(500000 + random_int(0, 99999));  // ticks come every 100 ms
    while (($killed = $leader()['leader']) === null) {
        usleep(1000);
    }
    posix_kill($killed, SIGKILL);
    $at = hrtime(true);
    while (in_array($leader()['leader'], [null, $killed], true)) {
        usleep(1000);
    }
    $leads[] = hrtime(true) - $at;
}
$rows[] = new Row('kill -9 of the leader', 'until another leads, p50', new Measured($leads));
$rows[] = new Row('kill -9 of the leader', 'until another leads, most', new Measured($leads, 1.0),
    value_target: 5e8);

if (in_array('--json', $argv, true)) {
    array_map(fn (Row $row) => print($row->json() . "\n"), $rows);
} else {
    print_table($rows);
}
