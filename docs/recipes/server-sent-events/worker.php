<?php
// A feature-flag client: holds one HTTP response open (server-sent events) and publishes what each event says.

use function BgWorkers\{get_worker_handle, set_vars};

$url = getenv('FLAGS_URL') ?: 'http://127.0.0.1:8080/flags';
$context = stream_context_create(['http' => [
    'protocol_version' => 1.0,  // so that no server sends chunks, whose filter stream_select() cannot look through
    'header' => "Accept: text/event-stream\r\n",
    'timeout' => 5,
]]);
$stream = fopen($url, 'r', false, $context) ?: throw new RuntimeException("cannot open $url");
stream_set_blocking($stream, false);
$stop = get_worker_handle();

$text = '';
for (;;) {
    $readable = [$stream, $stop];
    $none = null;
    if (stream_select($readable, $none, $none, 60) === 0) {
        throw new RuntimeException('no event and no sign of life for 60 s');    // the next run connects anew
    }
    if (in_array($stop, $readable, true)) {
        return;
    }
    $text .= str_replace("\r\n", "\n", fread($stream, 65536));
    while (($end = strpos($text, "\n\n")) !== false) {
        preg_match_all('/^data: ?(.*)$/m', substr($text, 0, $end), $lines);
        $text = substr($text, $end + 2);
        if ($lines[1]) {                                                        // others are comments, to keep it open
            set_vars(json_decode(implode("\n", $lines[1]), true, flags: JSON_THROW_ON_ERROR));
        }
    }
    if (feof($stream)) {
        throw new RuntimeException('the server has ended the stream');
    }
}
