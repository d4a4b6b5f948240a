<?php
require __DIR__ . '/report.php';

$year = filter_var($_GET['year'] ?? null, FILTER_VALIDATE_INT, ['options' => ['min_range' => 2000, 'max_range' => 2100]]);
if (!$year) {
    http_response_code(404);
    exit("no such year\n");
}
if ($_SERVER['REQUEST_METHOD'] === 'POST') {
    file_put_contents(__DIR__ . '/sales.csv', "$year;" . (int) $_POST['amount'] . "\n", FILE_APPEND | LOCK_EX);
    try {
        BgWorkers\post_task("report-$year");
    } catch (RuntimeException) {    // it has no worker, or one that is told of many changes already
    }
    exit("sold\n");
}
try {
    $report = BgWorkers\get_vars("report-$year");
} catch (RuntimeException) {        // 32 other years have their workers, or this one fails
    $report = report($year);
}
echo $report['total'], "\n";
