<?php
// report-YEAR: computes the report of that year, and anew when it is told of a change, or after an hour.

use function BgWorkers\{receive_task, set_vars, should_stop};

require __DIR__ . '/report.php';

$year = (int) substr($_SERVER['BGWORKERS_NAME'], strlen('report-'));
do {
    set_vars(report($year));
    $task = receive_task(3600);
    while ($task !== null) {        // told ten times meanwhile, computes once
        $task->finish();
        $task = receive_task(0);
    }
} while (!should_stop());
