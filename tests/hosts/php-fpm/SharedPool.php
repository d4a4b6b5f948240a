<?php

require_once __DIR__ . '/Fpm.php';
require_once __DIR__ . '/../asking.php';

/** A php-fpm with a pool of four children whose workers are shared. */
class SharedPool
{
    public readonly Fpm $fpm;
    public readonly Asking $ask;

    /**
     * @param list<string> $lines of the pool; later ones win
     * @param array<string, string> $settings of the process
     * @param list<string> $before what starts php-fpm
     */
    public function __construct(private Scratch $scratch, array $workers, array $lines = [], array $settings = [],
        array $before = [])
    {
        $options = [];
        foreach ($settings as $name => $value) {
            array_push($options, '-d', "$name=$value");
        }
        $this->fpm = new Fpm($scratch, ['pm.max_children = 4', self::config($scratch, $workers), ...$lines],
            options: $options, before: $before);
        $this->ask = asking_fpm($scratch);
    }

    /** Declares workers, shared where they do not say otherwise; the pool's line about it. */
    public static function config(Scratch $scratch, array $workers, string $file = 'workers.ini'): string
    {
        $shared = fn ($worker) => (is_array($worker) ? $worker : ['code' => $worker]) + ['shared' => 1];
        return 'php_admin_value[bgworkers.config] = ' . $scratch->workers(array_map($shared, $workers), $file);
    }

    /** In each of the four. */
    public function each(string $code): array
    {
        return $this->ask->each(4, $code);
    }

    /** In each of the four, and the same in all. */
    public function all(string $code, string $what): mixed
    {
        return expect_one($this->each($code), 4, $what);
    }

    /** In one of the four, whichever. */
    public function one(string $code): mixed
    {
        return $this->ask->one($code);
    }

    /** @return list<string> lines of the log about an event */
    public function events(string $event): array
    {
        return array_values(preg_grep("/ event=$event( |$)/", explode("\n", $this->scratch->read('php.log'))));
    }

    /** Kills the process that leads. @return array{int, int} its id and that of the next */
    public function kill_leader(): array
    {
        $leader = $this->ask->leader();
        $this->fpm->kill($leader);
        return [$leader, await('another leader', function () use ($leader) {
            $next = $this->ask->leader();
            return $next !== $leader ? $next : null;
        }, 5)];
    }

    /** Ends it, and looks at how children have ended: "exited with code 0" => times; a list: only these. */
    public function end(array $ends = ['exited with code 0' => 4]): void
    {
        expect_same(0, $this->fpm->quit(), 'exit of php-fpm');
        $seen = $this->fpm->ends();
        ksort($seen);
        expect_same($ends, array_is_list($ends) ? array_keys($seen) : $seen, 'ends of children');
    }
}
