<?php
// The smallest HTTP client that can ask for many things at once.

class Answer
{
    public function __construct(public readonly int $status, public readonly string $head, public readonly string $body)
    {
    }
}

/** A free port, given back at once: another process may take it, but none of ours asks twice. */
function free_address(): string
{
    $probe = stream_socket_server('tcp://127.0.0.1:0');
    return stream_socket_get_name($probe, false);
}

function http_get(string $address, string $path, string $host = 'localhost'): Answer
{
    return http_get_all($address, [$path], 1, $host)[0] ?? throw new Exception("no answer to $path");
}

/**
 * Asks for all paths, so many at once, each over a connection of its own. An answer is null where the connection was
 * refused or broken, and `lost` has why; `during`, called between answers, can end it all by returning false.
 *
 * @return array<?Answer>
 */
function http_get_all(string $address, array $paths, int $at_once = 16, string $host = 'localhost',
    ?callable $during = null, float $seconds = 30, ?array &$lost = null): array
{
    $lost = $asked = [];
    $lose = function (int|string $key, string $why) use (&$lost, &$asked): void {
        $lost[$key] = sprintf('%s, after %.3f s', $why, microtime(true) - $asked[$key]);
    };
    $answers = array_fill_keys(array_keys($paths), null);
    $open = $texts = [];
    $waiting = $paths;
    $end = microtime(true) + $seconds;
    while ($waiting || $open) {
        while ($waiting && count($open) < $at_once) {
            $key = array_key_first($waiting);
            $asked[$key] = microtime(true);
            if ($connection = @stream_socket_client("tcp://$address", $code, $message, 5)) {
                fwrite($connection, "GET $waiting[$key] HTTP/1.1\r\nHost: $host\r\nConnection: close\r\nX-Asked-For: $waiting[$key]\r\n\r\n");
                stream_set_blocking($connection, false);
                $open[$key] = $connection;
                $texts[$key] = '';
            } else {
                $lose($key, "no connection: $message");
            }
            unset($waiting[$key]);
        }
        $readable = $open;
        $none = null;
        if ($readable && stream_select($readable, $none, $none, 0, 50000)) {
            foreach ($readable as $key => $connection) {
                error_clear_last();
                $texts[$key] .= $piece = (string) @fread($connection, 65536);
                if ($piece === '' && feof($connection)) {
                    $answers[$key] = parse_answer($texts[$key]);
                    $answers[$key] || $lose($key, '"' . $texts[$key] . '" ' . (error_get_last()['message'] ?? 'and the end'));
                    unset($open[$key]);
                }
            }
        }
        if ($during !== null && $during() === false) {
            return $answers;
        }
        microtime(true) < $end || throw new Exception(count($open) . " of " . count($paths) . " requests without an end after $seconds s: " . implode(' ', array_slice(array_intersect_key($paths, $open), 0, 5)));
    }
    return $answers;
}

/** Null for half an answer. */
function parse_answer(string $text): ?Answer
{
    [$head, $body] = explode("\r\n\r\n", $text, 2) + [1 => null];
    if ($body === null || !preg_match('~^HTTP/1\.\d (\d+)~', $head, $match)) {
        return null;
    }
    if (preg_match('/^Transfer-Encoding: chunked/mi', $head)) {
        for ($whole = ''; preg_match('/^([0-9a-f]+)\r\n/i', $body, $size); ) {
            $length = hexdec($size[1]);
            if ($length === 0) {
                return new Answer((int) $match[1], $head, $whole);
            }
            $whole .= substr($body, strlen($size[0]), $length);
            $body = (string) substr($body, strlen($size[0]) + $length + 2);
        }
        return null;
    }
    if (preg_match('/^Content-Length: (\d+)/mi', $head, $length) && strlen($body) !== (int) $length[1]) {
        return null;
    }
    return new Answer((int) $match[1], $head, $body);
}
