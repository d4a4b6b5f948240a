--TEST--
With bgworkers.log_format=json each line is an object
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/output-json/workers.ini
bgworkers.log_format=json
error_log={PWD}/json.log
date.timezone=Europe/Berlin
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => 'echo "a \"quoted\" caf\u{e9} \xE9\n"; for ($i = 0; $i < 60; $i++) echo "down\n";
    BgWorkers\set_vars([]); throw new Exception("gone\naway");']);
BgWorkers\get_vars('w');
wait_until(fn () => BgWorkers\status()['w']['crashes'] === 1);
foreach (file(ini_get('error_log')) as $line) {
    $line = json_decode($line, true, 512, JSON_THROW_ON_ERROR);
    if (($line['run'] ?? 0) === 2) {
        break;
    }
    ['time' => $time, 'pid' => $pid] = $line;
    unset($line['time'], $line['pid']);
    if (array_slice(array_keys(['time' => 1, 'pid' => 1] + $line), 0, 2) !== ['time', 'pid'] || $pid !== getmypid()
        || abs(date_create($time)->getTimestamp() - time()) > 60 || !preg_match('/\.\d{3}\+0[12]:00$/', $time)) {
        var_dump($time, $pid);
    }
    foreach (['script', 'uptime', 'after', 'next'] as $key) {
        if (isset($line[$key])) {
            $line[$key] = get_debug_type($line[$key]);
        }
    }
    if (str_starts_with($line['output'] ?? '', 'PHP Fatal')) {
        $line['output'] = 'PHP Fatal...';
    } elseif (preg_match('/^(away|#|  thrown|Stack)/', $line['output'] ?? '')) {
        continue;
    }
    echo str_replace(temp_path(''), '{tmp}', json_encode($line, JSON_UNESCAPED_SLASHES)), "\n";
}
?>
--CLEAN--
<?php @unlink(__DIR__ . '/json.log'); ?>
--EXPECT--
{"level":"notice","worker":"w","event":"started","run":1,"script":"string"}
{"worker":"w","output":"a \"quoted\" caf\u00e9 \\xe9"}
{"worker":"w","output":"down"}
{"worker":"w","output":"down"}
{"worker":"w","output":"down"}
{"level":"notice","worker":"w","event":"ready","after":"float"}
{"worker":"w","output":"down","more":57}
{"worker":"w","output":"PHP Fatal..."}
{"level":"warning","worker":"w","event":"exited","status":255,"uptime":"float","error":"Exception: gone\naway in {tmp}/worker-w.php:4","next":"float"}
