<?php
// What the drivers share: a folder and processes that go with the case, waiting with a deadline, and what is expected.

require_once dirname(__DIR__) . '/lib/workers.php';
require __DIR__ . '/fastcgi.php';

/**
 * Runs the cases of all folders in a directory, or those that are chosen: FOLDER, or FOLDER:PART-OF-A-CASE'S-NAME. A
 * folder's cases.php returns its cases: what is true => the function that looks; or why there are none. The last line is
 * `N passed, N failed[, N skipped]`.
 *
 * @param list<string> $chosen nothing means all
 * @param ?callable(): void $summary prints what cases have gathered
 * @return int exit status
 */
function run_cases(string $directory, array $chosen, ?callable $summary = null): int
{
    $count = ['passed' => 0, 'failed' => 0, 'skipped' => 0];
    $driven = $left_out = [];
    foreach (glob("$directory/*/cases.php") as $file) {
        $subject = basename(dirname($file));
        if (!is_chosen($chosen, $subject)) {
            continue;
        }
        $cases = require $file;
        if (is_string($cases)) {
            echo "skip  $subject: $cases\n";
            ++$count['skipped'];
            $left_out[] = $subject;
            continue;
        }
        $driven[] = $subject;
        foreach ($cases as $what => $case) {
            if (is_chosen($chosen, $subject, $what)) {
                ++$count[run_case($subject, $what, $case)];
            }
        }
    }
    $summary === null || $summary();
    echo 'run: ', implode(', ', $driven) ?: 'none', '; left out: ', implode(', ', $left_out) ?: 'none', "\n";
    printf("%d passed, %d failed%s\n", $count['passed'], $count['failed'], $count['skipped'] ? ", $count[skipped] skipped" : '');
    return $count['failed'] === 0 && $count['passed'] > 0 ? 0 : 1;
}

/** @param list<string> $chosen */
function is_chosen(array $chosen, string $subject, ?string $what = null): bool
{
    foreach ($chosen as $word) {
        [$folder, $part] = explode(':', $word, 2) + [1 => ''];
        if ($folder === $subject && ($what === null || str_contains($what, $part))) {
            return true;
        }
    }
    return $chosen === [];
}

function run_case(string $subject, string $what, callable $case): string
{
    $start = microtime(true);
    $scratch = new Scratch();
    $why = '';
    try {
        $case($scratch);
        $result = 'passed';
    } catch (Skipped $skipped) {
        $result = 'skipped';
        $why = $skipped->getMessage();
    } catch (Throwable $error) {
        $result = 'failed';
        $why = $error->getMessage() . ' (' . basename($error->getFile()) . ':' . $error->getLine() . ")\n" . $scratch->logs();
    }
    $scratch->clean();
    printf("%-6s%s (%.1f s)%s\n", ['passed' => 'ok', 'failed' => 'FAIL', 'skipped' => 'skip'][$result], "$subject: $what",
        microtime(true) - $start, $why === '' ? '' : "\n      " . str_replace("\n", "\n      ", rtrim($why)));
    if ($result === 'failed') {
        echo '      alone: ./dev test ', escapeshellarg(getenv('BGWORKERS_KIND') . ":$subject:$what"),
            getenv('BGWORKERS_ENGINE_WORDS'), "\n";
    }
    return $result;
}

class Skipped extends Exception
{
}

function expect(bool $holds, string $what): void
{
    $holds || throw new Exception("expected: $what");
}

function expect_same(mixed $expected, mixed $actual, string $what): void
{
    $expected === $actual || throw new Exception("$what: expected " . json_encode($expected) . ', got ' . json_encode($actual));
}

/** Polls until the condition gives something; throws if it does not in time. */
function await(string $what, callable $condition, float $seconds = 15): mixed
{
    return poll($condition, $seconds) ?: throw new Exception("still no $what after $seconds s");
}

/** One case's folder. Whatever it started is killed with it. */
class Scratch
{
    public readonly string $dir;
    /** @var list<Process> */
    private array $processes = [];

    public function __construct()
    {
        $this->dir = sys_get_temp_dir() . '/bgworkers-hosts-' . getmypid() . '-' . hrtime(true);
        mkdir($this->dir);
    }

    public function file(string $name, ?string $content = null): string
    {
        if ($content !== null) {
            file_put_contents("$this->dir/$name", $content);
        }
        return "$this->dir/$name";
    }

    public function read(string $name): string
    {
        // Which process wrote a line of ours is no matter here.
        return preg_replace('/\bbgworkers\[\d+\]: /', 'bgworkers: ', (string) @file_get_contents("$this->dir/$name"));
    }

    /** Declares workers, see worker_files(). */
    public function workers(array $workers, string $file = 'workers.ini'): string
    {
        foreach (worker_files($workers, basename($file), basename($file, '.ini')) as $name => $content) {
            $this->file(dirname($file) . "/$name", $content);
        }
        return $this->file($file);
    }

    /** @param list<string> $command */
    public function start(array $command, string $log, ?array $env = null): Process
    {
        return $this->processes[] = new Process($command, $this->file($log), $this->dir, $env);
    }

    /** PHP's CLI with the extension. */
    public function php(array $arguments, string $log = 'php.out', ?array $env = null): Process
    {
        return $this->start([getenv('PHP'), '-n', '-d', 'extension=' . getenv('EXTENSION'), ...$arguments], $log, $env);
    }

    /** The last lines of every log, for a failed case. */
    public function logs(): string
    {
        $text = '';
        foreach (glob("$this->dir/*.{log,out}", GLOB_BRACE) as $log) {
            $lines = array_map(fn ($line) => substr($line, 0, 500), array_slice(file($log, FILE_IGNORE_NEW_LINES), -15));
            $text .= '--- ' . basename($log) . "\n" . implode("\n", $lines) . "\n";
        }
        return $text;
    }

    public function clean(): void
    {
        foreach ($this->processes as $process) {
            $process->kill();
        }
        exec('rm -rf ' . escapeshellarg($this->dir));
    }
}

class Process
{
    public readonly int $pid;
    private mixed $process;
    private ?array $ended = null;

    public function __construct(array $command, string $log, string $dir, ?array $env)
    {
        $this->process = proc_open($command, [['file', '/dev/null', 'r'], ['file', $log, 'a'], ['file', $log, 'a']], $pipes, $dir, $env);
        $this->pid = proc_get_status($this->process)['pid'];
    }

    public function runs(): bool
    {
        if ($this->ended === null) {
            $status = proc_get_status($this->process);
            $this->ended = $status['running'] ? null : $status;
        }
        return $this->ended === null;
    }

    public function signal(int $signal): void
    {
        posix_kill($this->pid, $signal);
    }

    /** Exit code, or "signal N". */
    public function wait(float $seconds = 15): int|string
    {
        await("end of process $this->pid", fn () => !$this->runs(), $seconds);
        return $this->ended['signaled'] ? "signal {$this->ended['termsig']}" : $this->ended['exitcode'];
    }

    public function kill(): void
    {
        if ($this->runs()) {
            $children = $this->children();
            $this->signal(SIGKILL);
            foreach ($children as $child) {
                posix_kill($child, SIGKILL);
            }
            $this->wait();
        }
    }

    /** @return list<int> */
    public function children(): array
    {
        $children = trim((string) @file_get_contents("/proc/$this->pid/task/$this->pid/children"));
        return array_map(intval(...), array_filter(explode(' ', $children)));
    }
}
