--TEST--
exec() and its kin hand on the worker's environment where proc_open() is disabled
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/commands_where_proc_open_is_disabled.php
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';

[$status, $out, $error] = run_php(<<<'PHP'
    if (in_worker()) {
        putenv('BGW_OWN=own');
        BgWorkers\set_vars([function_exists('proc_open'), exec('echo $BGW_OWN'), shell_exec('echo $BGW_OWN'), stream_get_contents(popen('echo $BGW_OWN', 'r'))]);
        BgWorkers\should_stop(INF);
        return;
    }
    echo json_encode(BgWorkers\get_vars('w'));
    PHP, ['disable_functions' => 'proc_open']);
echo $status, ' ', $out, $error, "\n";
?>
--EXPECT--
0 [false,"own","own\n","own\n"]
