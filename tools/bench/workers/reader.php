<?php
// reader-1 and reader-2 count reads of the ticker. Of four phases the first is reader 1's alone, the third reader 2's;
// in the others both read.

use function BgWorkers\{get_vars, set_vars};

$me = (int) substr($argv[1], -1);
set_vars(['ready' => true]);
while (!$schedule = apcu_fetch('schedule')) {
    usleep(1000);
}
$samples = ['alone' => [], 'together' => []];
for ($phase = 0; $phase < $schedule['phases']; ++$phase) {
    $start = $schedule['start'] + $phase * $schedule['phase'];
    $alone = match ($phase % 4) { 0 => 1, 2 => 2, default => 0 };
    usleep(max(0, intdiv($start - hrtime(true), 1000)));
    if ($alone !== 0 && $alone !== $me) {
        continue;
    }
    $began = hrtime(true);
    $end = $start + (int) ($schedule['phase'] * 0.9);
    $reads = 0;
    do {
        for ($i = 0; $i < 100; ++$i) {
            $v = get_vars('ticker'); $v = get_vars('ticker'); $v = get_vars('ticker'); $v = get_vars('ticker');
            $v = get_vars('ticker'); $v = get_vars('ticker'); $v = get_vars('ticker'); $v = get_vars('ticker');
        }
        $reads += 800;
    } while (($now = hrtime(true)) < $end);
    $samples[$alone === 0 ? 'together' : 'alone'][] = ($now - $began) / $reads;
}
set_vars(['samples' => $samples]);
BgWorkers\should_stop(INF);
