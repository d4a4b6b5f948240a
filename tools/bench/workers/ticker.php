<?php
// Publishes 1,000 times a second for as long as the readers count.

use function BgWorkers\set_vars;

require dirname(__DIR__) . '/data.php';

$entries = entries(10);
set_vars($entries);
while (!$schedule = apcu_fetch('schedule')) {
    usleep(1000);
}
$n = 0;
$next = $schedule['start'];
$end = $schedule['start'] + $schedule['phase'] * $schedule['phases'];
while (hrtime(true) < $end) {
    usleep(max(0, intdiv($next - hrtime(true), 1000)));
    $entries['entry_0']['id'] = ++$n;
    set_vars($entries);
    $next += 1_000_000;
}
set_vars(['samples' => ['publications a second' => [$n * 1e9 / ($end - $schedule['start'])]]]);
BgWorkers\should_stop(INF);
