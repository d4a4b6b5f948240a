<?php

/** What commands leave behind in the folder of a case, and a host that runs them as workers. */
class Consumers
{
    public ?Process $cli = null;
    public ?Fpm $fpm = null;

    public function __construct(private Scratch $scratch, private string $script)
    {
        foreach (['cache', 'bootstrap/cache'] as $folder) {
            mkdir($scratch->file($folder), recursive: true);
        }
        $scratch->file('queue.sqlite', '');
    }

    /** Settings of PHP that the packages need, for a command line. @return list<string> */
    private function modules(): array
    {
        $modules = getenv('PHP_MODULES');
        return ['-d', "extension=$modules/pdo.so", '-d', "extension=$modules/pdo_sqlite.so"];
    }

    /** Runs the command in a process of its own, as in a shell. */
    public function run(string ...$arguments): void
    {
        static $number = 0;
        $log = 'command-' . ++$number . '.out';
        $env = ['VAR_DIR' => $this->scratch->dir] + getenv();
        $command = [getenv('PHP'), '-n', ...$this->modules(), $this->script, ...$arguments];
        $status = $this->scratch->start($command, $log, $env)->wait(60);
        expect_same(0, $status, implode(' ', $arguments) . ': ' . $this->scratch->read($log));
    }

    /**
     * A few lines a command: its name, `command = 1`, its arguments, and more keys.
     *
     * @param array<string, list<string>> $commands
     */
    private function declare(array $commands, array $more): string
    {
        $ini = '';
        foreach ($commands as $name => $arguments) {
            $ini .= "[$name]\nscript = $this->script\ncommand = 1\n";
            foreach ($arguments as $argument) {
                $ini .= "args[] = \"$argument\"\n";
            }
            $more += ['num' => 1];
            $ini .= implode('', array_map(fn ($key, $value) => "$key = $value\n", array_keys($more), $more));
        }
        return $this->scratch->file('workers.ini', $ini);
    }

    /** In the cli: a script that goes on until the file "end" is there. @param array<string, list<string>> $commands */
    public function in_cli(array $commands, array $more = []): void
    {
        $script = $this->scratch->file('host.php', <<<'PHP'
            <?php while (!file_exists(__DIR__ . "/end")) { usleep(10000); }
            exit(3);
            PHP);
        $this->cli = $this->scratch->php([...$this->modules(),
            '-d', 'bgworkers.config=' . $this->declare($commands, $more), '-d', 'bgworkers.cli_autostart=1',
            '-d', 'bgworkers.log_level=info', '-d', 'log_errors=1', '-d', "error_log={$this->scratch->dir}/host.log",
            $script], 'host.out', ['VAR_DIR' => $this->scratch->dir] + getenv());
    }

    /** In php-fpm with one child. @param array<string, list<string>> $commands */
    public function in_fpm(array $commands, array $more = []): void
    {
        $this->scratch->file('index.php', '<?php echo "ok";');
        $this->fpm = new Fpm($this->scratch, ['pm.max_children = 1', "env[VAR_DIR] = {$this->scratch->dir}",
            'env[PACKAGES] = ' . getenv('PACKAGES'),
            'php_admin_value[bgworkers.config] = ' . $this->declare($commands, $more),
            "php_admin_value[error_log] = {$this->scratch->dir}/host.log"],
            options: [...$this->modules(), '-d', 'bgworkers.log_level=info']);
        expect_same('ok', $this->fpm->get('index.php'), 'answer');
    }

    /** Waits until a command has written this line. */
    public function await_note(string $line, int $times = 1): void
    {
        await("note \"$line\"", fn () => $this->count($line) >= $times, 60);
    }

    public function count(string $line): int
    {
        return count(array_keys(explode("\n", $this->scratch->read('notes')), $line, true));
    }

    /** Ends the host in order; each command has ended with status 0, and the log has nothing but events. */
    public function stop(string ...$names): void
    {
        $from = hrtime(true);
        if ($this->cli !== null) {
            $this->scratch->file('end', '');
            expect_same(3, $this->cli->wait(60), 'exit status of the host');
        } else {
            expect_same(0, $this->fpm->quit(), 'exit status of php-fpm');
        }
        printf("      %s: stopped after %d ms\n", $this->cli ? 'cli' : 'php-fpm', (hrtime(true) - $from) / 1e6);
        $log = $this->scratch->read('host.log');
        foreach ($names as $name) {
            expect((bool) preg_match("/worker=$name event=exited status=0/", $log), "$name ended with status 0:\n$log");
        }
        $alarming = '/event=(killed|stuck|failed)|level=(warning|error)|PHP (Warning|Fatal|Notice)/';
        expect(!preg_match($alarming, $log), "a quiet log:\n$log");
    }
}
