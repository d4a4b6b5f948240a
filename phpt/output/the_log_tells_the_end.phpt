--TEST--
At the end of the process the log tells stop and exited
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/the_log_tells_the_end.php
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';

$worker = write_file('w.php', '<?php BgWorkers\set_vars([]); BgWorkers\should_stop(INF); exit(3);');
[$exit, $out, $err] = run_php('BgWorkers\get_vars("w"); echo "done\n";', ['bgworkers.entrypoint' => $worker, 'bgworkers.log_level' => 'notice']);
echo $out, $err, $exit, "\n";
?>
--EXPECTF--
done
bgworkers: level=notice worker=w event=started run=1 script={tmp}/w.php
bgworkers: level=notice worker=w event=ready after=0.%d
bgworkers: level=notice worker=w event=stop grace=5.000
bgworkers: level=notice worker=w event=exited status=3 uptime=0.%d
0
