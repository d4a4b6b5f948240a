<?php
// Symfony Messenger's consumer without supervisord: handles messages and stops when the worker has to.

use Symfony\Component\EventDispatcher\EventDispatcher;
use Symfony\Component\Messenger\Envelope;
use Symfony\Component\Messenger\Event\WorkerRunningEvent;
use Symfony\Component\Messenger\Handler\HandlersLocator;
use Symfony\Component\Messenger\MessageBus;
use Symfony\Component\Messenger\Middleware\HandleMessageMiddleware;
use Symfony\Component\Messenger\Stamp\TransportMessageIdStamp;
use Symfony\Component\Messenger\Transport\Receiver\ReceiverInterface;
use Symfony\Component\Messenger\Worker;
use function BgWorkers\{set_vars, should_stop};

require getenv('AUTOLOAD') ?: __DIR__ . '/vendor/autoload.php';

class Visit
{
    public function __construct(public readonly string $page)
    {
    }
}

// Messages in files. Yours come from AMQP, Redis or Doctrine: take the transport from your container.
class Spool implements ReceiverInterface
{
    public function __construct(private string $directory)
    {
    }

    public function get(): iterable
    {
        foreach (array_slice(glob("$this->directory/*.json"), 0, 1) as $file) {
            $message = new Visit(json_decode(file_get_contents($file), true, flags: JSON_THROW_ON_ERROR)['page']);
            yield new Envelope($message, [new TransportMessageIdStamp($file)]);
        }
    }

    public function ack(Envelope $envelope): void
    {
        unlink($envelope->last(TransportMessageIdStamp::class)->getId());
    }

    public function reject(Envelope $envelope): void
    {
        $this->ack($envelope);
    }
}

$visits = [];
$handle = function (Visit $visit) use (&$visits): void {
    $visits[$visit->page] = ($visits[$visit->page] ?? 0) + 1;
    set_vars($visits);
};
$events = new EventDispatcher();
$events->addListener(WorkerRunningEvent::class, function (WorkerRunningEvent $event): void {
    if (should_stop($event->isWorkerIdle() ? 0.2 : 0.0)) {      // waits here instead of in Messenger's own usleep()
        $event->getWorker()->stop();
    }
});
set_vars($visits);
$bus = new MessageBus([new HandleMessageMiddleware(new HandlersLocator([Visit::class => [$handle]]))]);
(new Worker(['spool' => new Spool(__DIR__ . '/spool')], $bus, $events))->run(['sleep' => 0]);
