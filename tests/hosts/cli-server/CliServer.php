<?php

require_once __DIR__ . '/../common_suite.php';

class CliServer extends WebHost
{
    public function __construct(Scratch $scratch, array $workers, array $settings = [], array $env = [])
    {
        parent::__construct($scratch);
        $options = ['-d', 'bgworkers.config=' . $scratch->workers($workers)];
        foreach ($settings as $name => $value) {
            array_push($options, '-d', "$name=$value");
        }
        $this->process = $scratch->php([...$options, '-S', $this->address, '-t', $scratch->dir], 'server.out', $env + getenv());
        $this->await_answer();
    }

    /** As a terminal's SIGINT, which reaches all processes; the first one only waits for the others. */
    public function stop(): int|string
    {
        if ($this->process->runs()) {
            foreach ($this->process->children() as $child) {
                posix_kill($child, SIGINT);
            }
            $this->process->signal(SIGINT);
        }
        return $this->process->wait();
    }

    public function log(): string
    {
        return $this->scratch->read('server.out');
    }

    public function ordinary_lines(): string
    {
        return 'Development Server \(http|127\.0\.0\.1:\d+ (Accepted|Closing|Closed without sending|\[200\])';
    }
}
