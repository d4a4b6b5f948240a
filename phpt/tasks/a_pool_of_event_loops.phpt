--TEST--
Of a pool of event loops one is woken for a task, and one that does not come loses it to the next
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/tasks-a_pool_of_event_loops/workers.ini
bgworkers.log_level=error
error_log=/dev/null
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => ['code' => '
    $tasks = BgWorkers\get_task_handle();
    $stop = BgWorkers\get_worker_handle();
    file_put_contents(__DIR__ . "/up-$argv[2]", "x");
    while (!feof($stop)) {
        $read = [$tasks, $stop];
        $none = null;
        stream_select($read, $none, $none, null);
        if (in_array($tasks, $read, true)) {
            file_put_contents(__DIR__ . "/woken", $argv[2], FILE_APPEND);
            if (is_file(__DIR__ . "/flag-busy") && $argv[2] === "0") { usleep(500000); }
            if ($task = BgWorkers\receive_task(0)) { $task->finish([$argv[2]]); }
        }
    }', 'num' => 2, 'args[]' => '{instance}']]);
use function BgWorkers\send_task;
send_task('w')->await();
wait_until(fn() => is_file(temp_path('up-0')) && is_file(temp_path('up-1')));
usleep(100000);
unlink(temp_path('woken'));
for ($i = 0; $i < 20; $i++) {
    send_task('w')->await();
    usleep(2000);
}
var_dump(strlen(file_get_contents(temp_path('woken'))) <= 22);
raise_flag('busy');
$by = [];
for ($i = 0; $i < 4; $i++) {
    $start = microtime(true);
    $by[] = send_task('w')->await()[0];
    echo microtime(true) - $start < 0.4 ? '' : "late\n";
}
var_dump(in_array('1', $by));
?>
--EXPECT--
bool(true)
bool(true)
