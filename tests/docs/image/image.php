<?php

/**
 * A Dockerfile, step by step on a bare Debian tree: no Docker and no registry of images. FROM is debootstrap's work.
 * What ADD downloads from php.net comes out of Debian's sources (PHP_TARBALL), MIRROR is the mirror of apt here.
 */
class Image
{
    private const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

    public string $stopSignal = 'SIGTERM';
    /** @var list<string> */
    public array $command = [];

    /** @param string $context the folder that COPY copies from */
    public function __construct(
        private readonly Scratch $scratch,
        public readonly string $tree,
        private readonly string $context,
    ) {
    }

    /** @return list<array{string, string}> instructions and their texts, with continued lines in one */
    public static function steps(string $dockerfile): array
    {
        $steps = [];
        foreach (explode("\n", trim(str_replace("\\\n", '', $dockerfile))) as $line) {
            $is_step = preg_match('/^(FROM|RUN|ADD|COPY|STOPSIGNAL|CMD) (.+)$/', $line, $step) === 1;
            expect($is_step, "an instruction: $line");
            $steps[] = [$step[1], $step[2]];
        }
        return $steps;
    }

    public function build(string $dockerfile): void
    {
        foreach (self::steps($dockerfile) as [$instruction, $text]) {
            $started = time();
            match ($instruction) {
                'FROM' => $this->from($text),
                'RUN' => $this->run($text),
                'ADD' => $this->add(...explode(' ', $text)),
                'COPY' => $this->copy(...explode(' ', $text)),
                'STOPSIGNAL' => $this->stopSignal = $text,
                'CMD' => $this->command = json_decode($text, flags: JSON_THROW_ON_ERROR),
            };
            echo '      ', substr("$instruction $text", 0, 90), ' (', time() - $started, " s)\n";
        }
    }

    /** Runs until it ends: what /bin/sh makes of a line. Returns what it printed. */
    public function run(string $line): string
    {
        $process = $this->start(['/bin/sh', '-c', $line], 'step.log');
        $status = $process->wait(5000);
        expect($status === 0, "status 0, not $status: " . substr($this->scratch->read('step.log'), -3000));
        $said = $this->scratch->read('step.log');
        unlink($this->scratch->file('step.log'));
        return $said;
    }

    /** As process 1 of a namespace of its own, as in a container. It is the one child of what is returned. */
    public function start(array $command, string $log): Process
    {
        $apart = ['unshare', '--mount', '--pid', '--fork', '--kill-child', "--mount-proc=$this->tree/proc"];
        $inside = ['chroot', $this->tree, '/usr/bin/env', '-i', self::PATH, 'HOME=/root'];
        return $this->scratch->start([...$apart, ...$inside, ...$command], $log);
    }

    private function from(string $image): void
    {
        expect(preg_match('/^debian:([a-z]+)$/', $image, $suite) === 1, "a Debian: $image");
        $command = ['debootstrap', '--variant=minbase', $suite[1], $this->tree, getenv('MIRROR')];
        expect_same(0, $this->scratch->start($command, 'debootstrap.log')->wait(1800), 'exit status of debootstrap');
    }

    private function add(string $url, string $to): void
    {
        $is_php = preg_match('~^https://www\.php\.net/distributions/php-8\.4\.\d+\.tar\.xz$~', $url) === 1;
        expect($is_php, "a release of PHP: $url");
        copy(getenv('PHP_TARBALL'), $this->tree . $to);
    }

    private function copy(string $from, string $to): void
    {
        is_dir(dirname($this->tree . $to)) || mkdir(dirname($this->tree . $to), recursive: true);
        $paths = escapeshellarg("$this->context/$from") . ' ' . escapeshellarg($this->tree . $to);
        exec("cp -R $paths", result_code: $status);
        expect_same(0, $status, "COPY $from");
    }
}
