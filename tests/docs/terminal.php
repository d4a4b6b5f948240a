<?php

/**
 * Runs the shell blocks of a page as a reader would: `php` is the one with the extension, ports are free ones, and
 * `composer install` gives what is here instead of a registry. Whatever it started ends with the case.
 */
class Terminal
{
    private const PORTS = [8000, 8080, 8081, 6379, 6380, 26379];

    /** @var array<int, string> by the port that the page says */
    private array $ports;
    /** @var list<Process> what was started and goes on */
    private array $servers = [];
    private array $env;

    /** @param string $dir where the reader is */
    public function __construct(private readonly Scratch $scratch, private readonly string $dir)
    {
        // All at once, so that all differ.
        $probes = array_map(fn () => stream_socket_server('tcp://127.0.0.1:0'), self::PORTS);
        $free = array_map(fn ($probe) => substr(strrchr(stream_socket_get_name($probe, false), ':'), 1), $probes);
        $this->ports = array_combine(self::PORTS, $free);
        array_map(fclose(...), $probes);
        $root = dirname(__DIR__, 2);
        $bin = $scratch->file('bin');
        is_dir($bin) || mkdir($bin);
        $this->phpIni('');
        $programs = [
            'php' => 'exec ' . escapeshellarg(getenv('PHP')) . ' "$@"',
            'bgworkers' => "exec php $root/bin/bgworkers.php \"\$@\"",
            'curl' => 'exec /usr/bin/curl --silent --show-error "$@"',      // no progress, as in a terminal
            'redis-cli' => "exec /usr/bin/redis-cli --no-raw -p {$this->ports[6379]} \"\$@\"",     // as in a terminal
            'composer' => 'mkdir -p vendor && echo "<?php require getenv(\"PACKAGED\");" > vendor/autoload.php',
        ];
        foreach ($programs as $name => $code) {
            file_put_contents("$bin/$name", "#!/bin/bash\n$code\n");
            chmod("$bin/$name", 0755);
        }
        // What scripts of recipes say where the page says nothing.
        $this->env = ['PATH' => "$bin:" . getenv('PATH'), 'PHPRC' => $bin, 'PHP_INI_SCAN_DIR' => '',
            'REDIS_URL' => "tcp://127.0.0.1:{$this->ports[6379]}", 'SENTINELS' => "127.0.0.1:{$this->ports[26379]}",
            'FLAGS_URL' => "http://127.0.0.1:{$this->ports[8080]}/flags", 'SERVER' => "127.0.0.1:{$this->ports[8080]}",
            'PACKAGED' => getenv('AUTOLOAD')] + getenv();
        unset($this->env['AUTOLOAD']);
    }

    /** Lines for php.ini of the `php` that follows. */
    public function phpIni(string $lines): void
    {
        $this->scratch->file('bin/php.ini', 'extension_dir = ' . dirname(getenv('EXTENSION')) . "\n$lines");
    }

    /** A block of the first terminal: what ends in "&" and a server stay, all else has to succeed. */
    public function run(string $block): void
    {
        $lines = explode("\n", trim($block));
        foreach ($lines as $number => $line) {
            $command = trim(preg_replace('/\s+#.*$/', '', $line));
            $stays = str_ends_with($command, '&');
            if (!$stays && !str_contains($command, ' -S ')) {
                $this->do($command);
                continue;
            }
            expect($stays || $number === count($lines) - 1, "nothing after a line that goes on: $line");
            $this->serve(rtrim($command, '& '));
        }
    }

    /** A block of the second terminal: each command and what it prints, in the end if not at once. */
    public function console(string $block, bool $numbers_vary = false): void
    {
        expect(str_starts_with($block, '$ '), 'a block of a console that begins with a command');
        foreach (preg_split('/^\$ /m', $block, flags: PREG_SPLIT_NO_EMPTY) as $step) {
            [$command, $shown] = explode("\n", $step, 2);
            $pattern = '~\A' . shape($this->ported($shown), $numbers_vary) . '\z~s';
            $output = '';
            poll(function () use ($command, $pattern, &$output) {
                return preg_match($pattern, $output = trim($this->do($command)));
            }, 20);
            expect(preg_match($pattern, $output) === 1, "\"$shown\" from \"$command\", not \"$output\"");
        }
    }

    /** Ctrl-C, for the server that was started last. Its workers end in order. */
    public function interrupt(): string
    {
        $log = $this->log();
        end($this->servers)->signal(SIGINT);
        expect_same(0, end($this->servers)->wait(), 'exit code');
        array_pop($this->servers);
        if (str_contains($this->scratch->read($log), 'event=started')) {
            expect_ends_in_order($this->scratch->read($log));
        }
        return $this->scratch->read($log);
    }

    public function said(): string
    {
        return $this->scratch->read($this->log());
    }

    private function log(): string
    {
        return 'server-' . count($this->servers) . '.out';
    }

    /** One command, which has to succeed, and what it prints. */
    public function do(string $command): string
    {
        $process = $this->start($command, 'commands.out');
        $status = $process->wait(60);
        $output = $this->scratch->read('commands.out');
        unlink($this->scratch->file('commands.out'));
        expect($status === 0, "status 0 of \"$command\", not $status: $output");
        return $output;
    }

    private function serve(string $command): void
    {
        $command = $this->ported($command);
        expect(preg_match_all('/(?:127\.0\.0\.1:|port )(\d+)/', $command, $ports) > 0, "a port: $command");
        $this->servers[] = null;
        $this->servers[array_key_last($this->servers)] = $this->start($command, $this->log());
        await($command, fn () => @stream_socket_client('tcp://127.0.0.1:' . end($ports[1])));
    }

    private function start(string $command, string $log): Process
    {
        $command = ['env', '-C', $this->dir, 'bash', '-c', $this->ported($command)];
        return $this->scratch->start($command, $log, $this->env);
    }

    private function ported(string $text): string
    {
        $text = str_replace('/srv/app', $this->dir, $text);
        return preg_replace_callback('/\b(' . implode('|', self::PORTS) . ')\b/',
            fn ($port) => $this->ports[(int) $port[1]], $text);
    }
}
