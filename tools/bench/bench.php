<?php
// What all rows of the benchmark use: its folder, the php -S that everything of ours is measured in, and the CPUs that
// a program may use.

const SIZES = [1, 10, 1000, 10000];
const ROUNDS = 41;          // turns of each contender

function progress(string $text): void
{
    fwrite(STDERR, "bench: $text\n");
}

final class Bench
{
    public readonly string $dir;
    /** @var list<string> for a PHP that has what the rows need, but not bgworkers */
    public readonly array $plain_settings;
    /** @var list<string> with bgworkers */
    public readonly array $settings;
    /** @var list<resource> */
    private array $processes = [];
    /** @var resource */
    private $server;
    private int $pid = 0;
    private string $address = '';

    public function __construct()
    {
        $this->dir = sys_get_temp_dir() . '/bgworkers-bench-' . getmypid();
        mkdir("$this->dir/workers", 0700, true);
        register_shutdown_function($this->clean_up(...));
        // Without the serializer APCu copies arrays as they are, which is faster.
        $this->plain_settings = self::words([
            'zend_extension' => 'opcache', 'opcache.file_update_protection' => 0, 'opcache.validate_timestamps' => 0,
            'opcache.memory_consumption' => 128, 'opcache.interned_strings_buffer' => 16, 'opcache.jit' => 'disable',
            'extension' => getenv('APCU'), 'apc.shm_size' => '256M', 'apc.serializer' => 'default',
            'max_execution_time' => 0, 'memory_limit' => -1,
        ]);
        $this->settings = [...$this->plain_settings, ...self::words([
            'extension' => getenv('EXTENSION'), 'bgworkers.config' => "$this->dir/workers.ini",
            'bgworkers.max_threads' => 1000, 'bgworkers.log_level' => 'warning',
        ])];
    }

    public function fail(string $text): never
    {
        progress($text);
        fwrite(STDERR, implode('', array_slice(@file("$this->dir/server.log") ?: [], -10)));
        exit(1);
    }

    /** @return list<string> */
    public static function words(array $settings): array
    {
        $words = array_map(fn ($name, $value) => ['-d', "$name=$value"], array_keys($settings), $settings);
        return array_merge(...$words);
    }

    /** A program that ends with the benchmark at the latest. @return resource */
    public function run_beside(array $command, string $log)
    {
        $process = proc_open($command, [['file', '/dev/null', 'r'], ['file', $log, 'a'], ['file', $log, 'a']], $pipes);
        is_resource($process) || $this->fail("$command[0] does not run");
        return $this->processes[] = $process;
    }

    /** What a program says. */
    public function said(array $command): string
    {
        $log = "$this->dir/peers.log";
        $process = proc_open($command, [['file', '/dev/null', 'r'], ['pipe', 'w'], ['file', $log, 'a']], $pipes);
        $said = stream_get_contents($pipes[1]);
        proc_close($process) === 0
            || $this->fail(implode(' ', $command) . " fails: $said" . @file_get_contents($log));
        return $said;
    }

    /** Until the program is over, or was told to end and is. Returns its exit status. */
    public function end($process, ?int $signal = null): int
    {
        $signal === null || proc_terminate($process, $signal);
        for ($wait = 0; ($status = proc_get_status($process))['running'] && $wait < 3000; ++$wait) {
            usleep(20000);
        }
        return $status['running'] ? -1 : $status['exitcode'];
    }

    /** Where a php -S that is about to start listens. */
    public function address_in(string $log): string
    {
        for ($wait = 0; !preg_match('~http://127\.0\.0\.1:\d+~', file_get_contents($log), $url); ++$wait) {
            $wait < 3000 || $this->fail('php -S does not start');
            usleep(20000);
        }
        return $url[0];
    }

    /** A program of ours in C++, made once. */
    public function compiled(string $name): string
    {
        $program = "$this->dir/$name";
        if (!is_file($program)) {
            $this->said(['c++', '-std=c++20', '-O2', '-pthread', '-o', $program, __DIR__ . "/$name.cc"]);
        }
        return $program;
    }

    // --- The server that everything of ours is measured in ---------------------------------------------------------

    public function start(): void
    {
        $log = "$this->dir/server.log";
        file_put_contents($log, '');
        $this->server = $this->run_beside([getenv('PHP'), '-n', ...$this->settings, '-S', '127.0.0.1:0',
            "$this->dir/server.php"], $log);
        $this->pid = proc_get_status($this->server)['pid'];
        $this->address = $this->address_in($log);
    }

    public function stop(): void
    {
        $this->end($this->server, SIGINT);
    }

    /** @return array<string, mixed> what a request answers: rows of server.php */
    public function ask(string $row, array $arguments = []): array
    {
        $url = "$this->address/?" . http_build_query(['row' => $row] + $arguments);
        $body = @file_get_contents($url, false, stream_context_create(['http' => ['timeout' => 900]]));
        $samples = json_decode((string) $body, true);
        return is_array($samples) ? $samples : $this->fail("no samples for $row: $body");
    }

    // --- Where threads run decides what it costs to wake one -------------------------------------------------------

    /** @return array<string, string> how a row tells it => a list for taskset */
    public function placements(): array
    {
        $all = trim(explode(':', (string) shell_exec('taskset -cp ' . getmypid()))[1] ?? '');
        $all !== '' || $this->fail('taskset tells no CPUs');
        return ['one CPU' => preg_replace('/\D.*/', '', $all), 'any CPU' => $all];
    }

    public function place(string $cpus): void
    {
        exec("taskset -acp $cpus $this->pid");
    }

    /** What a program says that runs there. */
    public function said_on(string $cpus, array $command): string
    {
        return $this->said(['taskset', '-c', $cpus, ...$command]);
    }

    private function clean_up(): void
    {
        foreach ($this->processes as $process) {
            if (proc_get_status($process)['running']) {
                proc_terminate($process, SIGKILL);
            }
        }
        array_map(unlink(...), [...glob("$this->dir/workers/*"), ...array_filter(glob("$this->dir/*"), is_file(...))]);
        @rmdir("$this->dir/workers");
        @rmdir($this->dir);
    }
}
