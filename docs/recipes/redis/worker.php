<?php
// Follows the feature flags in a Redis hash: reads it once, then again at each message on the channel "flags".

use function BgWorkers\{get_worker_handle, set_vars};

require getenv('AUTOLOAD') ?: __DIR__ . '/vendor/autoload.php';

$server = getenv('REDIS_URL') ?: 'tcp://127.0.0.1:6379';
$redis = new Predis\Client($server);
$subscriber = new Predis\Client($server);
$messages = $subscriber->pubSubLoop(['subscribe' => 'flags']);
$socket = $subscriber->getConnection()->getResource();
$stop = get_worker_handle();                        // readable once the worker has to stop

set_vars($redis->hgetall('flags'));
do {
    $readable = [$socket, $stop];
    $none = null;
    stream_select($readable, $none, $none, null);   // sleeps until there is something to do
    if (in_array($socket, $readable, true)) {
        $messages->current();                       // throws if Redis is gone: the next run connects anew
        set_vars($redis->hgetall('flags'));
    }
} while (!in_array($stop, $readable, true));
