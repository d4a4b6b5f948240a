#!/usr/bin/env php
<?php
// A bin/console as Symfony's skeletons have it, wired by hand: Messenger with a transport in SQLite, and a command that
// wants to hear of signals. Nothing in it knows of bgworkers.
//
// The folder VAR_DIR holds the database and what the handlers write.

use Doctrine\DBAL\DriverManager;
use Psr\Container\ContainerInterface;
use Symfony\Component\Console\Application;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Command\SignalableCommandInterface;
use Symfony\Component\Console\Input\InputArgument;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Output\OutputInterface;
use Symfony\Component\EventDispatcher\EventDispatcher;
use Symfony\Component\Messenger\Bridge\Doctrine\Transport\Connection;
use Symfony\Component\Messenger\Bridge\Doctrine\Transport\DoctrineTransport;
use Symfony\Component\Messenger\Command\ConsumeMessagesCommand;
use Symfony\Component\Messenger\EventListener\DispatchPcntlSignalListener;
use Symfony\Component\Messenger\EventListener\StopWorkerOnSigtermSignalListener;
use Symfony\Component\Messenger\Handler\HandlersLocator;
use Symfony\Component\Messenger\MessageBus;
use Symfony\Component\Messenger\Middleware\HandleMessageMiddleware;
use Symfony\Component\Messenger\RoutableMessageBus;
use Symfony\Component\Messenger\Transport\Serialization\PhpSerializer;

require __DIR__ . '/../autoload.php';
foreach (['Console', 'EventDispatcher', 'Messenger', 'Messenger/Bridge/Doctrine'] as $component) {
    require_once "Symfony/Component/$component/autoload.php";
}
require_once 'Doctrine/DBAL/autoload.php';

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

    public function __construct(private MessageBus $bus, private DoctrineTransport $transport)
    {
        parent::__construct();
    }

    protected function configure(): void
    {
        $this->addArgument('name', InputArgument::REQUIRED);
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        $this->transport->send(new Symfony\Component\Messenger\Envelope(new Greeting($input->getArgument('name'))));
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
$transport = new DoctrineTransport(new Connection(['table_name' => 'messages', 'queue_name' => 'default',
    'redeliver_timeout' => 3600, 'auto_setup' => true], $database), new PhpSerializer());
$bus = new MessageBus([new HandleMessageMiddleware(new HandlersLocator([
    Greeting::class => [fn (Greeting $greeting) => note("hello $greeting->name")],
]))]);

$dispatcher = new EventDispatcher();
$dispatcher->addSubscriber(new StopWorkerOnSigtermSignalListener());
$dispatcher->addSubscriber(new DispatchPcntlSignalListener());

$application = new Application();
$application->setDispatcher($dispatcher);
$application->add(new WatchCommand());
$application->add(new GreetCommand($bus, $transport));
$application->add(new ConsumeMessagesCommand(new RoutableMessageBus(new Services([]), $bus),
    new Services(['async' => $transport]), $dispatcher, null, ['async']));
$application->run();
