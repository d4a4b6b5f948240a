<?php
// The benchmark: bgworkers in one process, a php -S, beside its peers, in turns. A missed target is told, not failed.
//
// usage: ./dev bench [--json] [PART...]. Reads PHP, EXTENSION, APCU and, where they are to be had, PARALLEL and
// REDIS_MODULE from the environment. PARTs are the keys below; without one, all of them.

require __DIR__ . '/bench.php';
require __DIR__ . '/scripts.php';
require __DIR__ . '/report.php';
require __DIR__ . '/callgrind.php';
require __DIR__ . '/peers.php';
require __DIR__ . '/read_rows.php';
require __DIR__ . '/publish_rows.php';
require __DIR__ . '/wake_rows.php';
require __DIR__ . '/task_rows.php';

$parts = [
    'reads' => read_rows(...),
    'requests' => request_rows(...),
    'publish' => publish_rows(...),
    'wake' => wake_rows(...),
    'threads' => concurrent_rows(...),
    'tasks' => task_rows(...),
    'memory' => memory_rows(...),
];
$json = in_array('--json', $argv, true);
$chosen = array_diff(array_slice($argv, 1), ['--json']) ?: array_keys($parts);
if ($unknown = array_diff($chosen, array_keys($parts))) {
    progress('no such part: ' . implode(', ', $unknown) . '; there are ' . implode(', ', array_keys($parts)));
    exit(2);
}

$bench = new Bench();
write_scripts($bench->dir);
write_workers_file($bench->dir);
$bench->start();
$rows = [];
foreach (array_intersect_key($parts, array_flip($chosen)) as $measure) {
    array_push($rows, ...$measure($bench));
}
$bench->stop();

if ($json) {
    foreach ($rows as $row) {
        echo $row->json(), "\n";
    }
} else {
    print_table($rows);
}
