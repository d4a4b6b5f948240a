--TEST--
The working directory is the entrypoint's or the workers file's, whatever the caller's is
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/works_in_the_directory_of_its_declaration.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\set_vars;
require __DIR__ . '/../helpers.inc';

if (in_worker()) {
    chdir('/'); // of this thread alone
    set_vars(['start' => $_SERVER['PWD'] ?? 'x']);
    return;
}
$scripts = write_file('app/bin/worker.php', '<?php BgWorkers\set_vars(["cwd" => getcwd(), "relative" => file_get_contents("data.txt"), "included" => include "piece.php"]);
    chdir("/"); BgWorkers\should_stop(INF);');
write_file('app/data.txt', 'found');
write_file('app/piece.php', '<?php return "too";');
$config = write_file('app/workers.ini', "[w]\nscript = bin/worker.php\n");
chdir('/tmp');
foreach ([['bgworkers.config' => $config, 'bgworkers.entrypoint' => ''],
          ['bgworkers.entrypoint' => temp_path('app') . '/bin/worker.php']] as $ini) {
    [$exit, $out] = run_php('chdir("/"); foreach (BgWorkers\get_vars("w") as $k => $v) echo "$k: ", var_export($v, true), "\n"; echo getcwd(), "\n";', $ini);
    echo $out, $exit, "\n";
}
?>
--EXPECTF--
cwd: '{tmp}/app'
relative: 'found'
included: 'too'
/
0
%Acwd: '{tmp}/app/bin'
relative: false
included: %s
/
0
