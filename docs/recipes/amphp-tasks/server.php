<?php
// A slow server to try the worker with: an answer takes half a second, however many ask at once.

$server = stream_socket_server("tcp://$argv[1]");
$clients = [];
while (true) {
    $read = [$server];
    $none = null;
    if (stream_select($read, $none, $none, 0, 10000) > 0) {
        $clients[] = [stream_socket_accept($server), microtime(true) + 0.5];
    }
    foreach ($clients as $i => [$client, $due]) {
        if (microtime(true) >= $due) {
            $word = rawurldecode(ltrim(explode(' ', fgets($client))[1] ?? '', '/'));
            fwrite($client, "HTTP/1.0 200 OK\r\n\r\n" . strrev($word) . " ($argv[1])");
            fclose($client);
            unset($clients[$i]);
        }
    }
}
