<?php
// Code that the processes of a server run for a test, and what it gives there.

class Asking
{
    private int $round = 0;

    /** @param Closure(list<string> $queries): list<?string> $ask  has each.php run with these at once; the bodies */
    public function __construct(private Scratch $scratch, private Closure $ask)
    {
        chmod($scratch->dir, 0777);
        // Nobody answers before so many processes have a request in hand.
        $scratch->file('each.php', <<<'PHP'
            <?php
            /** What the call returns, or "Class: message" of what it throws. */
            function said(callable $call): mixed
            {
                try {
                    return $call();
                } catch (Throwable $error) {
                    return get_class($error) . ': ' . $error->getMessage();
                }
            }
            touch(__DIR__ . "/here-$_GET[round]-" . getmypid());
            for ($end = microtime(true) + 6; $_GET['processes'] > 1 && microtime(true) < $end; usleep(500)) {
                if (count(glob(__DIR__ . "/here-$_GET[round]-*")) >= $_GET['processes']) { break; }
            }
            $thrown = false;
            $answer = said(function () use (&$thrown) {
                $thrown = true;
                $answer = require __DIR__ . "/asked-$_GET[round].php";
                $thrown = false;
                return $answer;
            });
            $answer = ['pid' => getmypid(), 'answer' => $answer, 'thrown' => $thrown];
            echo json_encode($answer, JSON_PARTIAL_OUTPUT_ON_ERROR);
            PHP);
    }

    /** What the code returns, in whichever process has it; null if that dies. It may call said(). */
    public function one(string $code): mixed
    {
        return array_values($this->each(1, $code))[0] ?? null;
    }

    /**
     * The same in so many processes at once: process id => what it returned. A process that dies is left out.
     */
    public function each(int $processes, string $code, ?int $requests = null): array
    {
        $round = getmypid() . '-' . ++$this->round;
        $this->scratch->file("asked-$round.php", "<?php\n$code");
        $answers = [];
        foreach (($this->ask)(array_fill(0, $requests ?? $processes, "round=$round&processes=$processes")) as $body) {
            if ($body !== null) {
                $answer = json_decode($body, true) ?? throw new Exception("an answer that is none: $body");
                $answer['thrown'] && throw new Exception("process $answer[pid]: $answer[answer]");
                $answers[$answer['pid']] = $answer['answer'];
            }
        }
        $here = glob($this->scratch->file("here-$round-*"));
        array_map(unlink(...), [...$here, $this->scratch->file("asked-$round.php")]);
        return $answers;
    }

    /**
     * The same of so many processes, each as it answered last. They are asked until all have: a process takes
     * connections on while it is busy, so which one answers is chance.
     */
    public function all(int $processes, string $code): array
    {
        $answers = [];
        await("answers of $processes processes", function () use ($processes, $code, &$answers) {
            $answers = $this->each(1, "usleep(20000); $code", 8) + $answers;
            return count($answers) === $processes;
        });
        return $answers;
    }

    /** What status() tells of a worker, as any process has it. */
    public function status(string $worker = 'w'): array
    {
        return $this->one("return BgWorkers\\status()['$worker'];");
    }

    /**
     * The status and the runs that have noted themselves, as soon as these are as many as are counted: a run that has
     * just begun may not have noted itself yet, and each question may recycle the process that leads.
     */
    public function status_and_runs(string $worker = 'w'): array
    {
        return await('as many runs as are counted', function () use ($worker) {
            $status = $this->status($worker);
            $runs = runs_of($this->scratch, $worker);
            return $status['runs'] === count($runs) ? [$status, $runs] : null;
        });
    }

    public function leader(string $worker = 'w'): ?int
    {
        return $this->status($worker)['leader'];
    }
}

/** Of php-fpm, over FastCGI. */
function asking_fpm(Scratch $scratch, string $pool = 'www'): Asking
{
    return new Asking($scratch, function (array $queries) use ($scratch, $pool) {
        $asked = array_map(fn ($query) =>
            @fastcgi_ask("$scratch->dir/$pool.sock", "$scratch->dir/each.php", $query), $queries);
        return array_map(function ($connection) {
            try {
                return @fastcgi_answer($connection);
            } catch (RuntimeException) {
                return null;
            }
        }, $asked);
    });
}

/** Of a server that speaks HTTP. */
function asking_http(Scratch $scratch, WebHost|Site $host): Asking
{
    return new Asking($scratch, fn (array $queries) => array_map(fn ($answer) => $answer?->body,
        http_get_all($host->address, array_map(fn ($query) => "/each.php?$query", $queries), count($queries))));
}

/** Which process ran it, and when: a line a run. */
const NOTE_RUN = 'file_put_contents(__DIR__ . "/runs-$_SERVER[BGWORKERS_NAME]",
    getmypid() . " " . microtime(true) . "\n", FILE_APPEND | LOCK_EX);';

/** Publishes a new version every 10 ms. */
const COUNTS = NOTE_RUN . <<<'PHP'

    for ($n = 1; ; ++$n) {
        BgWorkers\set_vars(['n' => $n, 'pid' => getmypid(), 'again' => array_fill(0, 50, "n $n")]);
        if (BgWorkers\should_stop(0.01)) { return; }
    }
    PHP;

/** @return list<array{int, float}> process and time of each run */
function runs_of(Scratch $scratch, string $worker = 'w'): array
{
    $lines = @file($scratch->file("runs-$worker"), FILE_IGNORE_NEW_LINES) ?: [];
    return array_map(fn ($line) => [(int) strtok($line, ' '), (float) strtok(' ')], $lines);
}

/** One value that all processes gave. */
function expect_one(array $answers, int $processes, string $what): mixed
{
    expect_same($processes, count($answers), "processes that answered, $what");
    $texts = array_unique(array_map(json_encode(...), $answers));
    $told = implode(' | ', array_map(fn ($pid) => "$pid: $texts[$pid]", array_keys($texts)));
    expect(count($texts) === 1, "the same $what in all processes, got: $told");
    return current($answers);
}
