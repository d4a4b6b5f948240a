<?php
// Publishes about 1 MB again and again, and watches the memory of the process: around publication 1,000 and at the end.

use function BgWorkers\{get_vars, set_vars};

require dirname(__DIR__) . '/data.php';

const EARLY = 1000;
const WINDOW = 500;
$publications = (int) getenv('BENCH_PUBLICATIONS');

function resident(): int
{
    return (int) explode(' ', file_get_contents('/proc/self/statm'))[1] * 4096;
}

$entries = entries(2800);
$samples = ['early' => [], 'late' => []];
$began = hrtime(true);
for ($n = 1; $n <= $publications; ++$n) {
    $entries['entry_0']['id'] = $n;
    set_vars($entries);
    if ($n === 1) {
        get_vars(['rss-reader-1', 'rss-reader-2']);
    }
    if ($n % 10 === 0 && $n > EARLY - WINDOW && $n <= EARLY + WINDOW) {
        $samples['early'][] = resident();
    }
    if ($n % 10 === 0 && $n > $publications - 2 * WINDOW) {
        $samples['late'][] = resident();
    }
}
$samples['publication'] = [(hrtime(true) - $began) / $publications];
set_vars(['samples' => $samples]);
BgWorkers\should_stop(INF);
