<?php

require_once __DIR__ . '/../common_suite.php';

/** The host of main.go, built by tools/get/frankenphp.sh. */
class Frankenphp extends WebHost
{
    /** @param bool $worker_mode  requests are served by a worker script of FrankenPHP's */
    public function __construct(Scratch $scratch, array $settings = [], bool $worker_mode = false, int $threads = 8, bool $with_extension = true)
    {
        parent::__construct($scratch);
        $ini = $with_extension ? 'extension = ' . getenv('FRANKENPHP_EXTENSION') . "\n" : '';
        foreach ($settings + ['error_log' => "$scratch->dir/php.log", 'log_errors' => '1', 'display_errors' => '0'] as $name => $value) {
            $ini .= "$name = \"$value\"\n";
        }
        @mkdir($scratch->file('ini'));
        $scratch->file('ini/php.ini', $ini);
        $script = $scratch->file('serve.php', <<<'PHP'
            <?php
            $serve = function () { include $_SERVER['DOCUMENT_ROOT'] . strtok($_SERVER['REQUEST_URI'], '?'); };
            while (frankenphp_handle_request($serve));
            PHP);
        $this->process = $scratch->start([getenv('FRANKENPHP'), $this->address, $scratch->dir, (string) $threads, ...($worker_mode ? [$script] : [])],
            'frankenphp.out', ['PHPRC' => "$scratch->dir/ini"] + getenv());
        $this->await_answer();
    }

    public static function with(Scratch $scratch, array $workers, array $settings = [], bool $worker_mode = false, int $threads = 8): self
    {
        return new self($scratch, $settings + ['bgworkers.config' => $scratch->workers($workers)], $worker_mode, $threads);
    }

    public function stop(): int|string
    {
        if ($this->process->runs()) {
            $this->process->signal(SIGTERM);
        }
        return $this->process->wait(30);
    }

    public function log(): string
    {
        // PHP stamps each line of its error_log.
        return preg_replace('/^\[[^]]*\] /m', '', $this->scratch->read('php.log')) . $this->scratch->read('frankenphp.out');
    }

    public function ordinary_lines(): string
    {
        return ' INFO FrankenPHP (started|stopped)';
    }

    /** @return array{int, int}  threads and descriptors of the process */
    public function holdings(): array
    {
        return [count(scandir("/proc/{$this->process->pid}/task")) - 2, count(scandir("/proc/{$this->process->pid}/fd")) - 2];
    }
}
