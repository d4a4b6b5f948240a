<?php
// The hosts in which commands run as workers. Each is started with a workers file, has served a request when it is
// there, and is asked to end in the way that is usual for it.

require_once dirname(__DIR__) . '/hosts/php-fpm/Fpm.php';
require_once dirname(__DIR__) . '/hosts/apache/Apache.php';

interface Host
{
    /**
     * @param string $workers the workers file
     * @param list<string> $modules extensions to load before this one
     * @param array<string, string> $settings INI settings
     */
    public function __construct(Scratch $scratch, string $workers, array $modules, array $settings);

    /** Returns when the host has been told, not when it has ended. */
    public function ask_to_end(): void;

    /** Waits for the end, and fails unless the host ends as it does without workers. */
    public function await_end(): void;
}

/** What is there to run in: name => class. Elsewhere cases are skipped, with this reason. */
const HOSTS = ['cli' => Cli::class, 'php-fpm' => PhpFpm::class, 'apache' => EventMpm::class,
    'embed' => LivingHost::class];

function why_not(string $host): ?string
{
    return match ($host) {
        'php-fpm' => is_executable((string) getenv('PHP_FPM')) ? null : 'no php-fpm here',
        'apache' => getenv('APACHE') ? null : 'no Apache with mod_php here (--all, or a name with "apache", builds it)',
        'embed' => getenv('LIVING_HOST') ? null : 'this PHP has no libphp',
        default => null,
    };
}

/** @param array<string, string> $settings @return list<string> */
function options(array $modules, array $settings): array
{
    $options = [];
    foreach ($modules as $module) {
        $options = [...$options, '-d', "extension=$module"];
    }
    foreach ($settings as $name => $value) {
        $options = [...$options, '-d', "$name=$value"];
    }
    return $options;
}

/** A script that goes on until it finds a file. */
class Cli implements Host
{
    private Process $process;

    public function __construct(private Scratch $scratch, string $workers, array $modules, array $settings)
    {
        $script = $scratch->file('host.php', <<<'PHP'
            <?php while (!file_exists(__DIR__ . "/end")) { usleep(1000); }
            exit(3);
            PHP);
        $settings += ['bgworkers.config' => $workers, 'bgworkers.cli_autostart' => '1'];
        $this->process = $scratch->php([...options($modules, $settings), $script], 'host.out');
    }

    public function ask_to_end(): void
    {
        $this->scratch->file('end', '');
    }

    public function await_end(): void
    {
        expect_same(3, $this->process->wait(30), 'exit status of the script');
    }
}

/** One child, ended by SIGQUIT. */
class PhpFpm implements Host
{
    private Fpm $fpm;

    public function __construct(Scratch $scratch, string $workers, array $modules, array $settings)
    {
        $scratch->file('index.php', '<?php echo "ok";');
        $this->fpm = new Fpm($scratch, ['pm.max_children = 1', "php_admin_value[bgworkers.config] = $workers",
            "php_admin_value[error_log] = $settings[error_log]"], options: options($modules, $settings));
        expect_same('ok', $this->fpm->get('index.php'), 'answer of php-fpm');
    }

    public function ask_to_end(): void
    {
        $this->fpm->await_started_children();
        $this->fpm->process->signal(SIGQUIT);
    }

    public function await_end(): void
    {
        expect_same(0, $this->fpm->process->wait(30), 'exit status of php-fpm');
        expect_same(['exited with code 0' => 1], $this->fpm->ends(), 'ends of children');
    }
}

/** Apache's event MPM with mod_php and one child, ended by SIGTERM. */
class EventMpm implements Host
{
    private Apache $apache;

    public function __construct(Scratch $scratch, string $workers, array $modules, array $settings)
    {
        $scratch->file('index.php', '<?php echo "ok";');
        $extensions = implode('', array_map(fn ($module) => "extension = $module\n",
            [...$modules, getenv('APACHE_PCNTL'), getenv('APACHE_EXTENSION')]));
        $this->apache = new Apache($scratch, [], $settings + ['bgworkers.config' => $workers], $extensions);
        expect_same('ok', $this->apache->get('/index.php'), 'answer of Apache');
    }

    public function ask_to_end(): void
    {
        $this->apache->signal_hard(SIGTERM);
    }

    public function await_end(): void
    {
        $this->apache->end();
    }
}

/** A program on libphp that goes on when PHP has ended (tests/libphp/living_host.cc), and may start it again. */
class LivingHost implements Host
{
    private Process $process;
    private int $ends = 0;

    public function __construct(private Scratch $scratch, string $workers, array $modules, array $settings)
    {
        $ini = implode('', array_map(fn ($module) => "extension = $module\n", [...$modules, getenv('EXTENSION')]));
        foreach ($settings + ['bgworkers.config' => $workers] as $name => $value) {
            $ini .= "$name = \"$value\"\n";
        }
        $this->process = $scratch->start([getenv('LIVING_HOST'), $scratch->file('php.ini', $ini), $scratch->dir],
            'host.out');
        $this->await_lines('serves: ok', 1);
    }

    public function ask_to_end(): void
    {
        $this->scratch->file('end', '');
    }

    public function await_end(): void
    {
        $this->await_end_of_php();
        $this->scratch->file('leave', '');
        expect_same(0, $this->process->wait(), 'exit status of the host');
    }

    /** PHP ends, and begins again in the same process. */
    public function begin_again(): void
    {
        $this->ask_to_end();
        $this->await_end_of_php();
        $this->scratch->file('begin', '');
        $this->await_lines('serves: ok', $this->ends + 1);
    }

    /** The process has no thread but its own then, and no worker has called a callback of the host's. */
    private function await_end_of_php(): void
    {
        $this->await_lines('lives on: threads=1 strays=none', ++$this->ends);
    }

    private function await_lines(string $line, int $times): void
    {
        await("line \"$line\" of the host", fn () => substr_count($this->scratch->read('host.out'), "$line\n") >= $times
            || !$this->process->runs(), 30);
        expect_same($times, substr_count($this->scratch->read('host.out'), "$line\n"), "lines \"$line\" of the host");
    }
}
