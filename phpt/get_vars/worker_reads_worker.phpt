--TEST--
Workers read each other, and a wait that ended leaves no edge behind
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/get_vars-worker_reads_worker/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['first' => 'BgWorkers\set_vars(["n" => 1]); live();',
    'second' => 'BgWorkers\set_vars(["n" => BgWorkers\get_vars("first")["n"] + 1]); live();',
    'third' => <<<'PHP'
        try { BgWorkers\get_vars('late', 0.01); } catch (BgWorkers\TimeoutException $e) { }
        BgWorkers\set_vars(["n" => BgWorkers\get_vars("second")["n"] + 1]); live();
        PHP,
    'late' => 'usleep(100000); BgWorkers\get_vars("third"); BgWorkers\set_vars(["n" => "late"]); live();']);
var_dump(BgWorkers\get_vars('third')['n'], BgWorkers\get_vars('late')['n']);
?>
--EXPECT--
int(3)
string(4) "late"
