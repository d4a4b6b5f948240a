--TEST--
Commands with the signal handling of Symfony and Laravel run unchanged, and end in order
--EXTENSIONS--
bgworkers
pcntl
posix
--INI--
bgworkers.config={TMP}/bgworkers-phpt/signals-commands_of_frameworks/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';

// As Symfony's SignalRegistry and Messenger's StopWorkerOnSignalsListener call pcntl.
$symfony = <<<'PHP'
final class SignalRegistry
{
    private array $handlers = [];

    public function __construct()
    {
        if (function_exists('pcntl_async_signals')) {
            pcntl_async_signals(true);
        }
    }

    public function register(int $signal, callable $handler): void
    {
        if (!isset($this->handlers[$signal])) {
            $previous = pcntl_signal_get_handler($signal);
            if (is_callable($previous)) {
                $this->handlers[$signal][] = $previous;
            }
        }
        $this->handlers[$signal][] = $handler;
        pcntl_signal($signal, [$this, 'handle']);
    }

    public function handle(int $signal): void
    {
        $count = count($this->handlers[$signal]);
        foreach ($this->handlers[$signal] as $i => $handler) {
            $handler($signal, $i !== $count - 1);
        }
    }
}

$stop = false;
$registry = new SignalRegistry;
foreach ([SIGINT, SIGTERM, SIGUSR1, SIGUSR2] as $signal) {
    $registry->register($signal, function (int $signal, bool $more) use (&$stop) {
        fwrite(STDERR, "command: signal $signal\n");
        $stop = true;
    });
}
pcntl_signal(SIGTERM, function (int $signal) use ($registry, &$stop) { fwrite(STDERR, "listener\n"); $registry->handle($signal); });
BgWorkers\set_vars(['consumes' => true]);
while (!$stop) {
    usleep(1000000);
}
PHP;

// As Laravel's Worker does: the daemon's signals, a timeout for each job, and the kill when a job hangs.
$laravel = <<<'PHP'
final class Worker
{
    public bool $shouldQuit = false;
    public bool $paused = false;

    public function daemon(array $jobs): int
    {
        pcntl_async_signals(true);
        pcntl_signal(SIGQUIT, fn() => $this->shouldQuit = true);
        pcntl_signal(SIGTERM, fn() => $this->shouldQuit = true);
        pcntl_signal(SIGUSR2, fn() => $this->paused = true);
        pcntl_signal(SIGCONT, fn() => $this->paused = false);
        while (true) {
            $job = array_shift($jobs);
            pcntl_signal(SIGALRM, function () {
                fwrite(STDERR, "timed out\n");
                $this->kill(1);
            }, true);
            pcntl_alarm(max($job === null ? 0 : 1, 0));
            if ($job === null) {
                sleep(1);
            } else {
                $job($this);
            }
            pcntl_alarm(0);
            if ($this->shouldQuit) {
                return 0;
            }
        }
    }

    public function kill(int $status): never
    {
        if (extension_loaded('posix')) {
            posix_kill(getmypid(), SIGKILL);
        }
        exit($status);
    }
}

$first = !is_file($mark = __DIR__ . '/hung');
touch($mark);
$done = [];
$jobs = [
    function (Worker $worker) use (&$done) { posix_kill(getmypid(), SIGUSR2); usleep(1); $done[] = $worker->paused; posix_kill(getmypid(), SIGCONT); usleep(1); $done[] = $worker->paused; },
    function () use ($first) { $first && sleep(60); },
    function () use (&$done, $first) { $done[] = $first ? 'after a hang' : 'next run'; BgWorkers\set_vars($done); },
];
exit((new Worker)->daemon($jobs));
PHP;
workers(['symfony' => $symfony, 'laravel' => $laravel]);
[$exit, $out, $err] = run_php('echo json_encode(BgWorkers\get_vars(["symfony", "laravel"])), "\n";', ['bgworkers.config' => temp_path('workers.ini'), 'bgworkers.log_level' => 'notice']);
echo $exit, "\n", $out;
// What is not ours is what the commands say themselves.
foreach (['symfony', 'laravel'] as $name) {
    foreach (preg_grep("/\\[$name\\]|worker=$name event=(stop|exited|killed)/", explode("\n", $err)) as $line) {
        echo preg_replace('/^bgworkers: | (uptime|next)=\S+/', '', $line), "\n";
    }
}
?>
--EXPECT--
0
{"symfony":{"consumes":true},"laravel":[true,false,"next run"]}
level=notice worker=symfony event=stop grace=5.000
[symfony] listener
[symfony] command: signal 15
level=notice worker=symfony event=exited status=0
[laravel] timed out
level=warning worker=laravel event=exited status=137 error="ended by its own SIGKILL"
level=notice worker=laravel event=stop grace=5.000
level=notice worker=laravel event=exited status=0
