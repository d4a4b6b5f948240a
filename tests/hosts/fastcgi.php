<?php
// The smallest FastCGI client that does the job: GET requests over a Unix socket.

/** Runs a script in php-fpm. Returns the response's body, without headers. */
function fastcgi_get(string $socket, string $script, string $query = ''): string
{
    return fastcgi_answer(fastcgi_ask($socket, $script, $query));
}

/**
 * Sends a request, and does not wait for its answer: fastcgi_answer() gets it from what this returns.
 *
 * @param array<string, string> $more further parameters
 */
function fastcgi_ask(string $socket, string $script, string $query = '', array $more = []): mixed
{
    $record = fn (int $type, string $content) => pack('CCnnCC', 1, $type, 1, strlen($content), 0, 0) . $content;
    $pair = fn (string $name, string $value) => pack('NN', strlen($name) | 1 << 31, strlen($value) | 1 << 31) . $name . $value;
    $params = $pair('SCRIPT_FILENAME', $script) . $pair('SCRIPT_NAME', '/' . basename($script)) . $pair('REQUEST_METHOD', 'GET')
        . $pair('QUERY_STRING', $query);
    foreach ($more as $name => $value) {
        $params .= $pair($name, $value);
    }

    $connection = stream_socket_client("unix://$socket", $code, $message, 5) ?: throw new RuntimeException($message);
    stream_set_timeout($connection, 10);
    fwrite($connection, $record(1, pack('nCx5', 1, 0)) . $record(4, $params) . $record(4, '') . $record(5, ''));
    return $connection;
}

function fastcgi_answer(mixed $connection): string
{
    $output = '';
    while (strlen($header = (string) stream_get_contents($connection, 8)) === 8) {
        ['type' => $type, 'length' => $length, 'padding' => $padding] = unpack('Cversion/Ctype/nid/nlength/Cpadding', $header);
        $content = $length + $padding > 0 ? substr(stream_get_contents($connection, $length + $padding), 0, $length) : '';
        if ($type === 6) {
            $output .= $content;
        }
        if ($type === 3) {
            break;
        }
    }
    fclose($connection);                // php-fpm waits for that before it takes the next request
    return explode("\r\n\r\n", $output, 2)[1] ?? throw new RuntimeException('no response from php-fpm');
}
