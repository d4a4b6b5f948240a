<?php
// A server to try the worker with: says what is in the file "events" whenever that changes, and now and then a comment.

header('Content-Type: text/event-stream');
for ($last = '', $said = time(); !connection_aborted(); usleep(50000)) {
    $checkout = trim((string) @file_get_contents(__DIR__ . '/events'));
    if ($checkout === $last && time() - $said < 15) {
        continue;
    }
    echo $checkout === $last ? ": still here\n\n" : 'data: ' . json_encode(['checkout' => $checkout]) . "\n\n";
    flush();
    [$last, $said] = [$checkout, time()];
}
