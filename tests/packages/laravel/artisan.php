#!/usr/bin/env php
<?php
// An artisan as Laravel's skeleton has it: the framework's own application and console kernel, a queue in SQLite, three
// jobs and a schedule. Nothing in it knows of bgworkers.
//
// The folder VAR_DIR holds the database, the cache and what the jobs write.

use Illuminate\Bus\Queueable;
use Illuminate\Console\Command;
use Illuminate\Console\Scheduling\Schedule;
use Illuminate\Contracts\Debug\ExceptionHandler;
use Illuminate\Contracts\Queue\ShouldQueue;
use Illuminate\Foundation\Application;
use Illuminate\Foundation\Console\Kernel;
use Illuminate\Queue\InteractsWithQueue;
use Symfony\Component\Console\Input\ArgvInput;
use Symfony\Component\Console\Output\ConsoleOutput;

require __DIR__ . '/../autoload.php';
require_once 'Illuminate/autoload.php';

function note(string $text): void
{
    file_put_contents(getenv('VAR_DIR') . '/notes', "$text\n", FILE_APPEND | LOCK_EX);
}

class Greet implements ShouldQueue
{
    use InteractsWithQueue, Queueable;

    public function __construct(public string $name)
    {
    }

    public function handle(): void
    {
        note("hello $this->name");
    }
}

class Hang implements ShouldQueue
{
    use InteractsWithQueue, Queueable;

    public int $tries = 1;

    public function handle(): void
    {
        note('hanging');
        for (;;) {
            sleep(60);
        }
    }
}

class Push extends Command
{
    protected $signature = 'app:push {job} {name?}';

    public function handle(): int
    {
        $class = $this->argument('job');
        dispatch(new $class(...array_filter([$this->argument('name')])))->onConnection('database');
        return 0;
    }
}

class Tick extends Command
{
    protected $signature = 'app:tick';

    public function handle(): int
    {
        note('tick');
        return 0;
    }
}

class ConsoleKernel extends Kernel
{
    protected $commands = [Push::class, Tick::class];
    protected $bootstrappers = [
        Illuminate\Foundation\Bootstrap\HandleExceptions::class,
        Illuminate\Foundation\Bootstrap\RegisterFacades::class,
        Illuminate\Foundation\Bootstrap\SetRequestForConsole::class,
        Illuminate\Foundation\Bootstrap\RegisterProviders::class,
        Illuminate\Foundation\Bootstrap\BootProviders::class,
    ];

    protected function schedule(Schedule $schedule): void
    {
        $schedule->call(fn () => note('scheduled'))->everyMinute();
    }
}

$var = getenv('VAR_DIR');
$application = new Application($var);
$application->detectEnvironment(fn () => 'production');
$application->instance('config', new Illuminate\Config\Repository([
    'app' => ['name' => 'bgworkers', 'env' => 'production', 'debug' => true, 'timezone' => 'UTC', 'locale' => 'en',
        'fallback_locale' => 'en', 'providers' => [
            Illuminate\Bus\BusServiceProvider::class, Illuminate\Cache\CacheServiceProvider::class,
            Illuminate\Database\DatabaseServiceProvider::class, Illuminate\Filesystem\FilesystemServiceProvider::class,
            Illuminate\Foundation\Providers\ConsoleSupportServiceProvider::class,
            Illuminate\Queue\QueueServiceProvider::class, Illuminate\View\ViewServiceProvider::class]],
    'cache' => ['default' => 'file', 'prefix' => '', 'stores' => [
        'file' => ['driver' => 'file', 'path' => "$var/cache"]]],
    'database' => ['default' => 'sqlite', 'migrations' => 'migrations', 'connections' => [
        'sqlite' => ['driver' => 'sqlite', 'database' => "$var/queue.sqlite", 'prefix' => '']]],
    'filesystems' => ['default' => 'local', 'disks' => ['local' => ['driver' => 'local', 'root' => $var]]],
    'logging' => ['default' => 'stderr', 'deprecations' => 'null', 'channels' => [
        'null' => ['driver' => 'monolog', 'handler' => Monolog\Handler\NullHandler::class],
        'stderr' => ['driver' => 'monolog',
        'handler' => Monolog\Handler\StreamHandler::class, 'with' => ['stream' => 'php://stderr']]]],
    'queue' => ['default' => 'database', 'connections' => ['database' => ['driver' => 'database', 'table' => 'jobs',
        'queue' => 'default', 'retry_after' => 90]], 'failed' => ['driver' => 'null']],
    'view' => ['paths' => [$var], 'compiled' => $var],
]));
$application->singleton(Illuminate\Contracts\Console\Kernel::class, ConsoleKernel::class);
$application->singleton(ExceptionHandler::class, Illuminate\Foundation\Exceptions\Handler::class);

$kernel = $application->make(Illuminate\Contracts\Console\Kernel::class);
$kernel->bootstrap();
error_reporting(E_ALL & ~E_DEPRECATED & ~E_USER_DEPRECATED);
$application['db']->connection()->statement('PRAGMA busy_timeout = 10000');
$application['db']->connection()->statement('CREATE TABLE IF NOT EXISTS jobs (id INTEGER PRIMARY KEY AUTOINCREMENT,
    queue TEXT NOT NULL, payload TEXT NOT NULL, attempts INTEGER NOT NULL, reserved_at INTEGER,
    available_at INTEGER NOT NULL, created_at INTEGER NOT NULL)');

$status = $kernel->handle($input = new ArgvInput(), new ConsoleOutput());
$kernel->terminate($input, $status);
exit($status);
