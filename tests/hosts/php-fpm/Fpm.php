<?php

require_once __DIR__ . '/../fastcgi.php';

/** A running php-fpm: the lines of its pool "www" and of more pools; `before` is a program that starts it. */
class Fpm
{
    public readonly Process $process;

    public function __construct(private Scratch $scratch, array $www = [], array $global = ['process_control_timeout = 10s'],
        array $more_pools = [], array $options = [], array $before = [])
    {
        $lines = ['[global]', "error_log = $scratch->dir/fpm.log", 'log_level = debug', 'daemonize = no', ...$global];
        foreach (['www' => $www] + $more_pools as $name => $pool) {
            $lines = [...$lines, "[$name]", "listen = $scratch->dir/$name.sock", 'pm = static', 'pm.max_children = 2',
                ...(posix_getuid() === 0 ? ['user = root', 'group = root'] : []),
                ...(preg_grep('/\[error_log]/', $pool) ? [] : ["php_admin_value[error_log] = $scratch->dir/php.log"]), ...$pool];
        }
        $this->process = $scratch->start([...$before, getenv('PHP_FPM'), '-n', '-R', '-F', '-y', $scratch->file('fpm.conf', implode("\n", $lines) . "\n"),
            '-d', 'extension=' . getenv('EXTENSION'), ...$options], 'fpm.out');
        await('socket of php-fpm', fn () => @stream_socket_client("unix://$scratch->dir/www.sock"));
    }

    public function get(string $script, string $pool = 'www'): string
    {
        return fastcgi_get("{$this->scratch->dir}/$pool.sock", "{$this->scratch->dir}/$script");
    }

    /** Sends a request; fastcgi_answer() gets its answer. */
    public function ask(string $script, string $query = ''): mixed
    {
        return fastcgi_ask("{$this->scratch->dir}/www.sock", "{$this->scratch->dir}/$script", $query);
    }

    public function quit(): int|string
    {
        $this->await_started_children();
        $this->process->signal(SIGQUIT);
        return $this->process->wait(30);
    }

    /**
     * A child that gets SIGQUIT while it still starts ends with code 70: php-fpm closes the socket that it is about to
     * set up (without bgworkers, too). Started means: it sleeps (in accept) and blocks no signal any more. For 100 ms,
     * so that no child has just answered its last request and makes room for another.
     */
    public function await_started_children(): void
    {
        $master = $this->process->pid;
        $started = fn (string $child) => preg_match('/^State:\tS.*^SigBlk:\t0+$/ms', (string) @file_get_contents("/proc/$child/status"));
        $seen = [];
        await('started children', function () use ($master, $started, &$seen, &$since) {
            $children = explode(' ', trim((string) file_get_contents("/proc/$master/task/$master/children")));
            if (array_filter($children, $started) !== $children || $children !== $seen) {
                [$seen, $since] = [$children, microtime(true)];
            }
            return microtime(true) - $since > 0.1;
        });
    }

    /**
     * Has all children replaced. Until one of the old ones hears of it, it takes requests on.
     *
     * @return list<int> the old ones
     */
    public function reload(): array
    {
        $this->await_started_children();
        $old = $this->process->children();
        $this->process->signal(SIGUSR2);
        return $old;
    }

    /** Kills a child, and waits for the one that comes in its place: a dying one may still take a connection. */
    public function kill(int $child): void
    {
        $count = count($this->process->children());
        posix_kill($child, SIGKILL);
        await('another child', fn () => !in_array($child, $now = $this->process->children(), true)
            && count($now) === $count);
    }

    /** How children ended: "exited with code 0" => times. */
    public function ends(): array
    {
        preg_match_all('/child \d+ (exited (?:with code \d+|on signal \d+))/', $this->scratch->read('fpm.log'), $ends);
        return array_count_values($ends[1]);
    }

    /** Process ids of the children that answer now. */
    public function children(): array
    {
        $this->scratch->file('pid.php', '<?php echo getmypid();');
        $seen = [];
        for ($i = 0; $i < 40; ++$i) {
            $seen[$this->get('pid.php')] = true;
        }
        return array_keys($seen);
    }
}
