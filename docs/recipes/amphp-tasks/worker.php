<?php
// An event loop that takes tasks and listens to Redis at once. Each task asks a slow server; up to 50 are asked at the
// same time, by one thread. Redis tells which server that is. Amp 2; other loops: see README.md.

use Amp\{Deferred, Loop, Promise};
use BgWorkers\ReceivedTask;
use function BgWorkers\{get_task_handle, get_worker_handle, receive_task, set_vars};

require getenv('AUTOLOAD') ?: __DIR__ . '/vendor/autoload.php';

/** @param resource $stream */
function ready(string $how, $stream): Promise
{
    $deferred = new Deferred();
    Loop::$how($stream, function (string $watcher) use ($deferred): void {
        Loop::cancel($watcher);
        $deferred->resolve();
    });
    return $deferred->promise();
}

/** One HTTP request that does not block the loop. */
function ask(string $server, string $word): Generator
{
    $stream = stream_socket_client("tcp://$server", flags: STREAM_CLIENT_CONNECT | STREAM_CLIENT_ASYNC_CONNECT)
        ?: throw new RuntimeException("cannot reach $server");
    stream_set_blocking($stream, false);
    yield ready('onWritable', $stream);
    fwrite($stream, 'GET /' . rawurlencode($word) . " HTTP/1.0\r\nHost: $server\r\n\r\n");
    $answer = '';
    while (!feof($stream)) {
        yield ready('onReadable', $stream);
        $answer .= fread($stream, 65536);
    }
    return explode("\r\n\r\n", $answer, 2)[1] ?? throw new RuntimeException("$server gives no answer");
}

Loop::run(function (): void {
    $server = getenv('SERVER') ?: '127.0.0.1:8080';
    $open = 0;
    $stopping = false;
    set_vars(['server' => $server]);

    // Stops the loop once it has to, all who were asked have answered, and nothing waits.
    $end = function () use (&$take, &$open, &$stopping): void {
        if ($stopping && $open === 0 && !$take()) {
            Loop::stop();
        }
    };
    $take = function () use (&$server, &$open, $end): bool {
        if (!$task = receive_task(0)) {         // readable is a hint
            return false;
        }
        ++$open;
        Amp\asyncCall(function (ReceivedTask $task) use (&$server, &$open, $end): Generator {
            try {
                $task->finish(['answer' => yield from ask($server, $task->payload['word'])]);
            } catch (RuntimeException $e) {
                $task->fail($e);
            }
            --$open;
            $end();
        }, $task);
        return true;
    };
    Loop::onReadable(get_task_handle(), $take);

    $redis = stream_socket_client(getenv('REDIS_URL') ?: 'tcp://127.0.0.1:6379');
    fwrite($redis, "SUBSCRIBE server\r\n");
    stream_set_blocking($redis, false);
    $heard = '';
    Loop::onReadable($redis, function () use ($redis, &$heard, &$server): void {
        $heard .= $text = fread($redis, 65536);
        if ($text === '' && feof($redis)) {
            throw new RuntimeException('Redis has gone away');          // the next run connects anew
        }
        while (preg_match('/\*3\r\n\$7\r\nmessage\r\n\$6\r\nserver\r\n\$\d+\r\n(.*?)\r\n/', $heard, $match, PREG_OFFSET_CAPTURE)) {
            $server = $match[1][0];
            $heard = substr($heard, $match[0][1] + strlen($match[0][0]));
            set_vars(['server' => $server]);
        }
    });

    Loop::onReadable(get_worker_handle(), function (string $watcher) use (&$stopping, $end): void {
        Loop::cancel($watcher);                 // stays readable
        $stopping = true;
        $end();
    });
});
