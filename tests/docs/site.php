<?php

/** A folder of the docs, copied and served by PHP's built-in server with the extension. */
class Site
{
    public readonly string $address;
    public readonly Process $server;

    public function __construct(private readonly Scratch $scratch, string $folder, array $env = [], string $log = 'server.out')
    {
        // What the case has put there already stays.
        exec('cp -Rn ' . escapeshellarg(dirname(__DIR__, 2) . "/docs/$folder/.") . ' ' . escapeshellarg($scratch->dir));
        $this->address = free_address();
        $this->server = $scratch->php(['-d', "bgworkers.config=$scratch->dir/workers.ini", '-S', $this->address, '-t', $scratch->dir],
            $log, $env + ['AUTOLOAD' => getenv('AUTOLOAD')] + getenv());
        await('server', fn () => @stream_socket_client("tcp://$this->address"));
    }

    public function get(string $path = 'index.php'): string
    {
        return trim(http_get($this->address, "/$path")->body);
    }

    public function await(string $expected, string $path = 'index.php', float $seconds = 15): void
    {
        await("answer \"$expected\"", fn () => $this->get($path) === $expected, $seconds);
    }

    /** SIGINT; every worker's last run has to end with status 0. */
    public function stop(string $log = 'server.out'): void
    {
        $this->server->signal(SIGINT);
        expect_same(0, $this->server->wait(), 'exit code');
        expect_ends_in_order($this->scratch->read($log));
    }
}

/** No worker was killed, and every worker's last run has ended with status 0. */
function expect_ends_in_order(string $log): void
{
    preg_match_all('/worker=(\S+ event=exited (?:instance=\d+ )?)status=(\d+)/', $log, $ends);
    expect(count($ends[0]) > 0 && !in_array('event=killed', explode(' ', $log), true), 'workers that end in order');
    foreach (array_combine($ends[1], $ends[2]) as $worker => $status) {
        expect_same('0', $status, "last exit status of $worker");
    }
}
