--TEST--
At the end workers get EOF, and the process ends as soon as the last has returned
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/workers_are_asked_and_end_at_once.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, get_worker_handle, set_vars, should_stop};
require __DIR__ . '/../helpers.inc';

write_file('w.php', '<?php use function BgWorkers\{set_vars, should_stop, get_worker_handle};
    set_vars([]);
    match ($argv[1]) {
        "should_stop" => should_stop(INF),
        "select" => (function () { $r = [get_worker_handle()]; echo stream_select($r, $w, $e, null), feof($r[0]) ? "feof" : "", fgets($r[0]) === false ? " EOF" : "", "\n"; })(),
        "fgets" => var_dump(fgets(get_worker_handle())),
        "feof" => (function () { while (!feof(get_worker_handle())) fread(get_worker_handle(), 10); })(),
        "slices" => (function () { while (!should_stop(0.01)); })(),
        "in backoff" => exit(1),
        "slow" => [should_stop(INF), usleep(300000), print("slow one is done\n")],
        default => get_vars("never", INF),
    };
    echo "$argv[1] ends\n";');
$code = '$names = ["should_stop", "select", "fgets", "feof", "slices", "in backoff", "slow"]; BgWorkers\get_vars($names);
    wait_until(fn() => BgWorkers\status()["in backoff"]["crashes"] > 2); exit(5);';
$began = microtime(true);
[$exit, , $err] = run_php($code, ['bgworkers.entrypoint' => temp_path('w.php'), 'bgworkers.shutdown_grace' => '30']);
var_dump($exit, microtime(true) - $began < 10);
$lines = array_filter(explode("\n", trim($err)), fn($line) => !str_contains($line, 'event='));
sort($lines);
echo implode("\n", $lines), "\n";
?>
--EXPECT--
int(5)
bool(true)
bgworkers: [feof] feof ends
bgworkers: [fgets] bool(false)
bgworkers: [fgets] fgets ends
bgworkers: [select] 1feof EOF
bgworkers: [select] select ends
bgworkers: [should_stop] should_stop ends
bgworkers: [slices] slices ends
bgworkers: [slow] slow ends
bgworkers: [slow] slow one is done
