<?php
// Starts, crashes, kills, republishes and restarts workers at random, with readers and senders of tasks at work, and
// reports what grew.
//
// usage: ./dev soak MINUTES. Runs in a cli host with the extension; ends with status 1 if a read was lost or wrong, if
// a task was not counted once, or if descriptors, threads or memory kept growing.

use function BgWorkers\{get_vars, status};

$minutes = (float) ($argv[1] ?? 10);
$publishers = ['publisher-1', 'publisher-2', 'publisher-3'];

function measure(): array
{
    $status = file_get_contents('/proc/self/status');
    preg_match('/^VmRSS:\s+(\d+)/m', $status, $rss);
    preg_match('/^Threads:\s+(\d+)/m', $status, $threads);
    return [
        'descriptors' => count(scandir('/proc/self/fd')) - 2,
        'threads' => (int) $threads[1],
        'rss_mib' => round($rss[1] / 1024, 1),
        'reader_mib' => round(max(array_column(get_vars(['reader-1', 'reader-2']), 'memory')) / (1 << 20), 2),
    ];
}

enum Mood: string
{
    case Calm = 'calm';
    case Busy = 'busy';
}
require_once __DIR__ . '/checksum.php';
require __DIR__ . '/tasks_seen.php';

$watched = dirname(ini_get('bgworkers.config'));
$start = microtime(true);
$end = $start + 60 * $minutes;
$warm = $start + min(60, 15 * $minutes);
$said = 0;
$base = null;
$peak = [];
$reads = $lost = $wrong = 0;
get_vars(['sender-1', 'sender-2']);
while (($now = microtime(true)) < $end) {
    foreach ($publishers as $i => $name) {
        try {
            $vars = get_vars($name);
            ++$reads;
            $wrong += checksum($vars['items']) === $vars['sum'] ? 0 : 1;
        } catch (Throwable $error) {
            ++$lost;
            fprintf(STDERR, "lost: %s\n", $error->getMessage());
        }
        if (random_int(0, 2000) === 0) {
            touch("$watched/restart-" . ($i + 1));
        }
    }
    usleep(random_int(0, 2000));
    if ($now - $said < 1) {
        continue;  // measured once a second
    }
    $said = $now;
    foreach (miscounted() as $miscount) {
        ++$wrong;
        fprintf(STDERR, "wrong: %s\n", $miscount);
    }
    $seen = measure();
    if ($now >= $warm) {
        $base ??= $seen;
        foreach ($seen as $what => $value) {
            $peak[$what] = max($peak[$what] ?? 0, $value);
        }
    }
    $runs = array_sum(array_column(status(), 'runs'));
    if (!stream_isatty(STDERR) && (int) ($now - $start) % 30 !== 0) {
        continue;
    }
    fprintf(STDERR, (stream_isatty(STDERR) ? "\r" : "\n") . "%4d of %d s  runs %d  reads %d  tasks %d  lost %d  wrong %d  %s   ", $now - $start, 60 * $minutes, $runs,
        $reads, task_totals()['sent'], $lost, $wrong, urldecode(http_build_query($seen, '', '  ')));
}
fwrite(STDERR, "\n");
$last = measure();
foreach (settle_tasks(60) as $told) {
    ++$wrong;
    fprintf(STDERR, "wrong: %s\n", $told);
}
$totals = task_totals();
$wrong += memory_of_tasks_is_counted_right() ? 0 : 1;
foreach (array_diff(OUTCOMES, ['dropped']) as $outcome) {    // none is dropped before the process ends
    if ($totals[$outcome] === 0) {
        ++$wrong;
        fprintf(STDERR, "wrong: no task was $outcome\n");
    }
}
foreach (get_vars(['reader-1', 'reader-2']) as $counted) {
    $reads += $counted['reads'];
    $wrong += $counted['wrong'];
}
$base ??= $last;
$workers = status();
printf("%.1f minutes, %d runs, %d crashes, %d reads, %d lost, %d wrong\n", $minutes,
    array_sum(array_column($workers, 'runs')), array_sum(array_column($workers, 'crashes')), $reads, $lost, $wrong);
printf("%d tasks: %s\n", $totals['sent'], implode(', ', array_map(fn ($outcome) => "$totals[$outcome] $outcome", OUTCOMES)));
printf("%-14s %10s %10s %10s\n", '', 'warm', 'peak', 'end');
$grew = false;
foreach ($last as $what => $value) {
    printf("%-14s %10s %10s %10s\n", $what, $base[$what], $peak[$what] ?? $value, $value);
    $grew = $grew || $value > $base[$what] * 1.5 + 8;
}
echo $grew ? "something kept growing\n" : "nothing kept growing\n";
exit($lost > 0 || $wrong > 0 || $grew ? 1 : 0);
