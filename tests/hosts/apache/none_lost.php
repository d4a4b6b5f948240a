<?php
// No request may be lost while children of Apache come and go.

require_once __DIR__ . '/../http.php';

/** At the head of each script that is asked: tells that a request has come to PHP. */
const NOTE_REQUEST = '<?php isset($_GET["n"])
    && file_put_contents(__DIR__ . "/come", "$_GET[n]\n", FILE_APPEND | LOCK_EX);
';

/**
 * Asks so often, twelve at once, while `during` is called in between. Every answer has to be the expected one, and no
 * request that came to PHP may have lost its own.
 *
 * Those that did not come are Apache's loss: a thread of a child that ends leaves as soon as few connections are
 * counted, and one that was accepted is not counted while it waits for a thread (worker_thread_should_exit_early() in
 * Apache's event.c). Without bgworkers 2 of some 8,800 children that MaxConnectionsPerChild ended lost a request so.
 */
function expect_none_lost(Scratch $scratch, Apache $apache, string $path, string $expected, int $requests,
    ?callable $during = null): void
{
    $paths = array_map(fn (int $n) => "$path?n=$n", range(0, $requests - 1));
    $answers = http_get_all($apache->address, $paths, 12, during: $during, seconds: 120, lost: $lost);
    $bodies = array_count_values(array_map(fn (Answer $answer) => $answer->body, array_filter($answers)));
    expect_same([$expected => $requests - count($lost)], $bodies, 'answers');
    $come = array_flip(file($scratch->file('come'), FILE_IGNORE_NEW_LINES));
    expect_same([], array_intersect_key($lost, $come), 'lost answers to requests that came to PHP');
    expect(count($lost) <= 3, 'no more than Apache loses by itself, lost: ' . json_encode($lost));
}
