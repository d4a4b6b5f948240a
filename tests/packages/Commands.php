<?php

require_once __DIR__ . '/hosts.php';
require_once __DIR__ . '/Table.php';

/**
 * The cases of a script, in each of these hosts. Those of the hosts that are not here say why they are skipped.
 *
 * @param list<string> $hosts
 * @param array<string, callable(Commands, Scratch): void> $cases
 * @return array<string, callable(Scratch): void>
 */
function in_hosts(array $hosts, string $script, array $cases): array
{
    $all = [];
    foreach ($hosts as $host) {
        foreach ($cases as $what => $case) {
            $all["$host: $what"] = function (Scratch $scratch) use ($host, $script, $what, $case) {
                if ($why = why_not($host)) {
                    throw new Skipped($why);
                }
                $case(new Commands($scratch, $script, $host, $what), $scratch);
            };
        }
    }
    return $all;
}

/** Commands of one script: run as in a shell, and as workers of a host. */
class Commands
{
    private Host $host;
    private int $started;
    /** @var array<string, Measured> */
    private array $rows = [];

    public function __construct(private Scratch $scratch, private string $script, private string $host_name,
        private string $what)
    {
        foreach (['cache', 'bootstrap/cache'] as $folder) {
            $this->for_all_users(fn () => mkdir($scratch->file($folder), recursive: true));
        }
        foreach (['queue.sqlite', 'messages.sqlite'] as $database) {
            $this->for_all_users(fn () => $scratch->file($database, ''));
        }
    }

    /** Apache's children are of another user than commands in a shell. */
    private function for_all_users(callable $create): mixed
    {
        $umask = umask(0);
        try {
            return $create();
        } finally {
            umask($umask);
        }
    }

    /** What any user may read: a home may be closed to others. */
    private function readable(string $path): string
    {
        static $copies = [];
        if ($this->host_name !== 'apache' || posix_getuid() !== 0) {
            return $path;
        }
        if (!isset($copies[$path])) {
            $copy = sys_get_temp_dir() . '/bgworkers-packages-' . getmypid() . '-' . count($copies);
            [$from, $to] = [escapeshellarg($path), escapeshellarg($copy)];
            register_shutdown_function(fn () => exec("rm -rf $to"));
            exec("cp -al $from $to 2>&1 || { rm -rf $to; cp -r $from $to 2>&1; }", $output, $status);
            expect_same(0, $status, implode("\n", $output));
            $copies[$path] = $copy;
        }
        return $copies[$path];
    }

    /** What the packages need of PHP. @return list<string> */
    private function modules(): array
    {
        return array_map(fn ($name) => getenv('PHP_MODULES') . "/$name.so", ['pdo', 'pdo_sqlite', 'redis']);
    }

    /** Runs the command in a process of its own, as in a shell. */
    public function run(string ...$arguments): void
    {
        static $number = 0;
        $log = 'command-' . ++$number . '.out';
        $command = [getenv('PHP'), '-n', ...options($this->modules(), []), $this->script, ...$arguments];
        $env = ['VAR_DIR' => $this->scratch->dir] + getenv();
        $process = $this->for_all_users(fn () => $this->scratch->start($command, $log, $env));
        expect_same(0, $process->wait(60), implode(' ', $arguments) . ': ' . $this->scratch->read($log));
    }

    /** A few lines a command: its name, `command = 1`, its arguments, and more keys. */
    private function declare(array $commands, array $more): string
    {
        $script = $this->readable(__DIR__) . substr($this->script, strlen(__DIR__));
        // A boot on a busy machine takes its time; a stop that is lost fails all the same.
        $more += ['num' => 1, 'shutdown_grace' => 30, 'env[VAR_DIR]' => $this->scratch->dir,
            'env[PACKAGES]' => $this->readable(getenv('PACKAGES'))];
        $ini = '';
        foreach ($commands as $name => $arguments) {
            $ini .= "[$name]\nscript = $script\ncommand = 1\n";
            foreach ($arguments as $argument) {
                $ini .= "args[] = \"$argument\"\n";
            }
            $ini .= implode('', array_map(fn ($key, $value) => "$key = $value\n", array_keys($more), $more));
        }
        return $this->scratch->file('workers.ini', $ini);
    }

    /** Starts the host with these workers: name => arguments. @param array<string, list<string>> $commands */
    public function start(array $commands, array $more = []): void
    {
        foreach (array_keys($commands) as $name) {
            $this->rows[$name] = Table::add(basename(dirname($this->script)) . ": $this->what", $this->host_name);
        }
        $this->started = hrtime(true);
        $this->host = new (HOSTS[$this->host_name])($this->scratch, $this->declare($commands, $more), $this->modules(),
            ['bgworkers.log_level' => 'debug', 'log_errors' => '1', 'error_log' => $this->scratch->file('host.log')]);
    }

    /** Waits until a command has written this line. */
    public function await_note(string $line, int $times = 1): void
    {
        await("note \"$line\"", fn () => $this->count($line) >= $times, 60);
        foreach ($this->rows as $row) {
            $row->worked_after ??= (hrtime(true) - $this->started) / 1e6;
        }
    }

    public function count(string $line): int
    {
        return count(array_keys(explode("\n", $this->scratch->read('notes')), $line, true));
    }

    /** The first line of the log about this worker that matches, or null. */
    public function logged(string $name, string $pattern): ?string
    {
        return preg_match("/worker=$name $pattern/", $this->scratch->read('host.log'), $line) ? $line[0] : null;
    }

    /** Exit statuses of the runs that have ended. @return list<int> */
    private function ends(string $name): array
    {
        preg_match_all("/worker=$name event=exited status=(\d+)/", $this->scratch->read('host.log'), $ends);
        return array_map(intval(...), $ends[1]);
    }

    /** Ends the host in order. @return array<string, list<int>> the exit statuses of each command's runs, each once */
    public function end(): array
    {
        $running = [];
        foreach (array_keys($this->rows) as $name) {
            $starts = substr_count($this->scratch->read('host.log'), "worker=$name event=started");
            $running += $starts > count($this->ends($name)) ? [$name => $starts] : [];
        }
        $this->host->ask_to_end();
        $asked = hrtime(true);
        foreach ($running as $name => $starts) {
            await("end of $name", fn () => count($this->ends($name)) >= $starts, 30);
            $this->rows[$name]->ended_after = (hrtime(true) - $asked) / 1e6;
        }
        $this->host->await_end();
        foreach ($this->rows as $name => $row) {
            $row->statuses = array_values(array_unique($this->ends($name)));
            $row->stops = $this->logged($name, 'event=(killed|stuck)') === null;
        }
        return array_map(fn (Measured $row) => $row->statuses, $this->rows);
    }

    /** Does so, and each command has ended with status 0, by itself, and the log has nothing that is not theirs. */
    public function stop(): void
    {
        foreach ($this->end() as $name => $statuses) {
            expect_same([0], $statuses, "statuses of $name");
            expect($this->rows[$name]->stops, "$name stops by itself");
        }
        $lines = explode("\n", trim($this->scratch->read('host.log')));
        $names = implode('|', array_keys($this->rows));
        $theirs = "/^(\[[^]]+\] )?bgworkers(\[\d+\])?: "
            . "(level=(debug|info|notice) |\[($names)\] (?!PHP (Warning|Fatal|Notice)))/";
        $odd = preg_grep($theirs, $lines, PREG_GREP_INVERT);
        expect($odd === [], "a log with nothing but events and what commands say, got\n" . implode("\n", $odd));
    }

    /** Ends PHP and starts it again, where the host lives on. */
    public function begin_again(): void
    {
        $this->host->begin_again();
    }
}
