--TEST--
A script that closes its standard streams goes on with its own files: neither the log nor anything else of ours lies behind 0, 1 and 2
--EXTENSIONS--
bgworkers
--SKIPIF--
<?php if (!is_dir('/proc/self/fd')) die('skip needs /proc'); ?>
--INI--
bgworkers.config={TMP}/bgworkers-phpt/output-closed_standard_streams_of_the_host/workers.ini
--FILE--
<?php
require __DIR__ . '/../helpers.inc';

$data = temp_path('data');
workers(['w' => 'BgWorkers\set_vars([array_map(fn ($n) => @readlink("/proc/self/fd/$n"), [0, 1, 2])]); echo "a line of the worker\n"; exec("echo of a child >&2");
    BgWorkers\set_vars(["done"]); live();']);
foreach (['' => '$f = fopen($data, "w");', '/dev/stderr' => '$f = fopen($data, "w");', '/proc/self/fd/2' => '$f = fopen($data, "w");'] as $log => $next) {
    [$status, , $said] = run_php('ignore_user_abort(true); $data = ' . var_export($data, true) . '; fclose(STDERR); ' . $next . ' fwrite($f, "id;name\n");
        while (BgWorkers\get_vars("w") !== ["done"]) usleep(1000);
        fwrite($f, "1;one\n");', ['bgworkers.config' => ini_get('bgworkers.config'), 'error_log' => $log]);
    echo "error_log=$log: $status\n", file_get_contents($data);
    $lines = array_map(fn ($line) => preg_replace('/^\[.* UTC\] /', '', $line), preg_grep('/\[w\] |started|exited/', explode("\n", preg_replace('/ (uptime|script)=\S*/', '', $said))));
    sort($lines);
    echo implode("\n", $lines), "\n";
}
// All three, and nothing else opened: what is printed then goes nowhere.
[$status] = run_php('ignore_user_abort(true); fclose(STDIN); fclose(STDOUT); fclose(STDERR); BgWorkers\get_vars("w");
    for ($i = 0; $i < 200; ++$i) { echo "into the void\n"; error_log("into the void"); BgWorkers\get_vars("w"); }
    while (BgWorkers\get_vars("w") !== ["done"]) usleep(1000);
    file_put_contents(' . var_export($data, true) . ', json_encode([@readlink("/proc/self/fd/1"), @readlink("/proc/self/fd/2"), BgWorkers\status()["w"]["crashes"]]));',
    ['bgworkers.config' => ini_get('bgworkers.config')]);
echo file_get_contents($data), "\n";
?>
--EXPECT--
error_log=: 0
id;name
1;one
bgworkers: [w] a line of the worker
bgworkers: [w] of a child
bgworkers: level=notice worker=w event=exited status=0
bgworkers: level=notice worker=w event=started run=1
error_log=/dev/stderr: 0
id;name
1;one
bgworkers: [w] a line of the worker
bgworkers: [w] of a child
bgworkers: level=notice worker=w event=exited status=0
bgworkers: level=notice worker=w event=started run=1
error_log=/proc/self/fd/2: 0
id;name
1;one
bgworkers: [w] a line of the worker
bgworkers: [w] of a child
bgworkers: level=notice worker=w event=exited status=0
bgworkers: level=notice worker=w event=started run=1
[false,false,0]
