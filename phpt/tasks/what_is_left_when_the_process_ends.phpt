--TEST--
At the end of the process what is queued is handed out until the grace is over; the rest is dropped, and logged
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/tasks-what_is_left_when_the_process_ends/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['fast' => ['code' => 'while ($task = BgWorkers\receive_task()) { usleep(20000); file_put_contents(__DIR__ . "/fast", $task->payload[0], FILE_APPEND); $task->finish(); }', 'shutdown_grace' => 10],
    'slow' => ['code' => 'while ($task = BgWorkers\receive_task()) { sleep(60); }', 'shutdown_grace' => 0.3],
    'deaf' => ['code' => 'BgWorkers\receive_task(); BgWorkers\should_stop(INF);']]);
$code = 'for ($i = 0; $i < 10; $i++) { BgWorkers\post_task("fast", ["$i"]); }';
[$exit, , ] = run_php($code, ['bgworkers.config' => temp_path('workers.ini'), 'error_log' => temp_path('log'), 'log_errors' => '1']);
echo $exit, ' ', file_get_contents(temp_path('fast')), "\n";
foreach (['slow', 'deaf'] as $name) {
    $code = 'for ($i = 0; $i < 5; $i++) { BgWorkers\post_task("' . $name . '", ["$i"]); } wait_until(fn() => BgWorkers\status()["' . $name . '"]["queued"] === 4);';
    [$exit, , ] = run_php($code, ['bgworkers.config' => temp_path('workers.ini'), 'error_log' => temp_path('log'), 'log_errors' => '1',
        'bgworkers.log_level' => 'warning']);
    echo $exit, "\n";
}
foreach (preg_grep('/event=dropped/', file(temp_path('log'), FILE_IGNORE_NEW_LINES)) as $line) {
    echo preg_replace('/^.*bgworkers: ?(\[\d+\])?/', '', $line), "\n";
}
?>
--EXPECTF--
0 0123456789
0
0
%Sworker=slow event=dropped tasks=4%S
%Sworker=deaf event=dropped tasks=4%S
