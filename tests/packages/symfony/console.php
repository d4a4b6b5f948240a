#!/usr/bin/env php
<?php
// A bin/console as Symfony's skeletons have it, wired by hand: Messenger with transports in SQLite and Redis, commands
// that want to hear of signals, caches in files, and one that is broken. Nothing in it knows of bgworkers.
//
// The folder VAR_DIR holds the database, Redis's socket and what the handlers write.

use Doctrine\DBAL\DriverManager;
use Psr\Container\ContainerInterface;
use Symfony\Component\Cache\Adapter\FilesystemAdapter;
use Symfony\Component\Console\Application;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Command\SignalableCommandInterface;
use Symfony\Component\Console\Input\InputArgument;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Input\InputOption;
use Symfony\Component\Console\Output\OutputInterface;
use Symfony\Component\ErrorHandler\ErrorHandler;
use Symfony\Component\EventDispatcher\EventDispatcher;
use Symfony\Component\Messenger\Bridge\Doctrine\Transport\Connection;
use Symfony\Component\Messenger\Bridge\Doctrine\Transport\DoctrineTransport;
use Symfony\Component\Messenger\Bridge\Redis\Transport\Connection as RedisConnection;
use Symfony\Component\Messenger\Bridge\Redis\Transport\RedisTransport;
use Symfony\Component\Messenger\Command\ConsumeMessagesCommand;
use Symfony\Component\Messenger\Envelope;
use Symfony\Component\Messenger\EventListener\DispatchPcntlSignalListener;
use Symfony\Component\Messenger\EventListener\StopWorkerOnSigtermSignalListener;
use Symfony\Component\Messenger\Handler\HandlersLocator;
use Symfony\Component\Messenger\MessageBus;
use Symfony\Component\Messenger\Middleware\HandleMessageMiddleware;
use Symfony\Component\Messenger\RoutableMessageBus;
use Symfony\Component\Messenger\Transport\Sender\SenderInterface;
use Symfony\Component\Messenger\Transport\Serialization\PhpSerializer;

require __DIR__ . '/../autoload.php';
foreach (['Cache', 'Console', 'ErrorHandler', 'EventDispatcher', 'Messenger'] as $component) {
    require_once "Symfony/Component/$component/autoload.php";
}
require_once 'Symfony/Component/Messenger/Bridge/Redis/autoload.php';
require_once 'Doctrine/DBAL/autoload.php';
require_once 'Twig/autoload.php';
foreach (['autoload', 'functions', 'Internal/functions'] as $file) {
    require_once "Amp/$file.php";
}

final class Greeting
{
    public function __construct(public readonly string $name)
    {
    }
}

function note(string $text): void
{
    file_put_contents(getenv('VAR_DIR') . '/notes', "$text\n", FILE_APPEND | LOCK_EX);
}

/** A loop of its own, ended by a signal that Symfony's registry brings. */
final class WatchCommand extends Command implements SignalableCommandInterface
{
    protected static $defaultName = 'app:watch';
    private bool $goes_on = true;

    public function getSubscribedSignals(): array
    {
        return [SIGINT, SIGTERM];
    }

    public function handleSignal(int $signal): void
    {
        note("signal $signal");
        $this->goes_on = false;
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        for (note('watching'); $this->goes_on;) {
            sleep(60);
        }
        note('watched');
        return Command::SUCCESS;
    }
}

final class GreetCommand extends Command
{
    protected static $defaultName = 'app:greet';

    /** @param array<string, SenderInterface> $transports */
    public function __construct(private array $transports)
    {
        parent::__construct();
    }

    protected function configure(): void
    {
        $this->addArgument('name', InputArgument::REQUIRED);
        $this->addOption('transport', null, InputOption::VALUE_REQUIRED, '', 'async');
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        $transport = $this->transports[$input->getOption('transport')];
        $transport->send(new Envelope(new Greeting($input->getArgument('name'))));
        return Command::SUCCESS;
    }
}

/** Symfony's and Twig's caches in files, which set the mode of what they write. */
final class CacheCommand extends Command
{
    protected static $defaultName = 'app:cache';

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        $cache = new FilesystemAdapter('', 0, getenv('VAR_DIR') . '/cache');
        $number = 1 + $cache->get('number', fn () => 0);
        $cache->delete('number');
        $cache->get('number', fn () => $number);
        $twig = new Twig\Environment(new Twig\Loader\ArrayLoader(['page' => 'number {{ number }}']),
            ['cache' => getenv('VAR_DIR') . '/twig']);
        note($twig->render('page', ['number' => $number]));
        sleep(60);
        return Command::SUCCESS;
    }
}

/** What Symfony's front controllers and consoles register: it ends the process with status 255. */
final class BrokenCommand extends Command
{
    protected static $defaultName = 'app:broken';

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        $this->getApplication()->setCatchExceptions(false);
        ErrorHandler::register();
        throw new DomainException('the database is gone');
    }
}

/** An event loop that hears of signals by itself (Amp 2). */
final class LoopCommand extends Command
{
    protected static $defaultName = 'app:loop';

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        Amp\Loop::run(function (): void {
            Amp\Loop::repeat(60000, fn () => null);
            Amp\Loop::onSignal(SIGTERM, function (): void {
                note('the loop has heard');
                Amp\Loop::stop();
            });
            note('looping');
        });
        return Command::SUCCESS;
    }
}

/** The container, cut down to what the commands ask for. */
final class Services implements ContainerInterface
{
    public function __construct(private array $services)
    {
    }

    public function get(string $id): mixed
    {
        return $this->services[$id];
    }

    public function has(string $id): bool
    {
        return isset($this->services[$id]);
    }
}

$database = DriverManager::getConnection(['driver' => 'pdo_sqlite', 'path' => getenv('VAR_DIR') . '/messages.sqlite']);
$database->executeStatement('PRAGMA busy_timeout = 10000');
$doctrine = new DoctrineTransport(new Connection(['table_name' => 'messages', 'queue_name' => 'default',
    'redeliver_timeout' => 3600, 'auto_setup' => true], $database), new PhpSerializer());
$redis = new RedisTransport(RedisConnection::fromDsn('redis://' . getenv('VAR_DIR') . '/redis.sock',
    ['lazy' => true, 'delete_after_ack' => true]), new PhpSerializer());
$transports = ['async' => $doctrine, 'redis' => $redis];
$bus = new MessageBus([new HandleMessageMiddleware(new HandlersLocator([
    Greeting::class => [fn (Greeting $greeting) => note("hello $greeting->name")],
]))]);

$dispatcher = new EventDispatcher();
$dispatcher->addSubscriber(new StopWorkerOnSigtermSignalListener());
$dispatcher->addSubscriber(new DispatchPcntlSignalListener());

$application = new Application();
$application->setDispatcher($dispatcher);
foreach ([new WatchCommand(), new CacheCommand(), new BrokenCommand(), new LoopCommand()] as $command) {
    $application->add($command);
}
$application->add(new GreetCommand($transports));
$application->add(new ConsumeMessagesCommand(new RoutableMessageBus(new Services([]), $bus), new Services($transports),
    $dispatcher, null, array_keys($transports)));
$application->run();
