<?php
// What is dear: a second, in this case.

function report(int $year): array
{
    error_log("computing the report of $year");
    sleep(1);
    $total = 0;
    foreach (file(__DIR__ . '/sales.csv', FILE_IGNORE_NEW_LINES) as $line) {
        [$sold, $amount] = explode(';', $line);
        $total += (int) $sold === $year ? (int) $amount : 0;
    }
    return ['year' => $year, 'total' => $total];
}
