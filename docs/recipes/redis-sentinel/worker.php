<?php
// Follows a Redis master through Sentinel: publishes its address, and the new one as soon as a failover has happened.

use function BgWorkers\{get_worker_handle, set_vars};

require getenv('AUTOLOAD') ?: __DIR__ . '/vendor/autoload.php';

$master = getenv('REDIS_MASTER') ?: 'mymaster';
$sentinels = explode(',', getenv('SENTINELS') ?: '127.0.0.1:26379');
$address = 'tcp://' . $sentinels[array_rand($sentinels)];   // where it is down, the next run may ask another
$sentinel = new Predis\Client($address);
$subscriber = new Predis\Client($address, ['parameters' => ['read_write_timeout' => 0]]);
$events = $subscriber->pubSubLoop(['subscribe' => '+switch-master']);
$socket = $subscriber->getConnection()->getResource();
$stop = get_worker_handle();

do {
    // After each event, and now and then without one: events of a broken connection are lost.
    [$host, $port] = $sentinel->executeRaw(['SENTINEL', 'get-master-addr-by-name', $master])
        ?? throw new RuntimeException("Sentinel knows no master \"$master\"");
    set_vars(['host' => $host, 'port' => (int) $port]);

    $readable = [$socket, $stop];
    $none = null;
    stream_select($readable, $none, $none, 30);
    if (in_array($socket, $readable, true)) {
        $events->current();
    }
} while (!in_array($stop, $readable, true));
