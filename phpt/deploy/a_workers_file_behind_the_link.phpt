--TEST--
A workers file behind the link of a release: the next run stands in the new release, and finds all of it there
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/deploy-a_workers_file_behind_the_link/current/workers.ini
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, status};
require __DIR__ . '/../helpers.inc';

$base = dirname(temp_path(''));
rmdir("$base/current"); // helpers.inc has made it
foreach ([1, 2] as $number) {
    mkdir("$base/releases/$number", 0777, true);
    file_put_contents("$base/releases/$number/config.php", "<?php return $number;");
    file_put_contents("$base/releases/$number/workers.ini", "[w]\nscript = worker.php\nwatch[] = $base/current\n");
    file_put_contents("$base/releases/$number/worker.php", '<?php BgWorkers\set_vars([' . $number . ", require '$base/current/config.php', require './config.php',
        require 'config.php', require __DIR__ . '/config.php', (int) basename(getcwd()), (int) trim(shell_exec('cat config.php'), '<?ph return;'), (int) trim(file_get_contents('config.php'), '<?ph return;')]);
        while (!BgWorkers\\should_stop(60));");
}
symlink('releases/1', "$base/current");
echo json_encode(get_vars('w')), "\n";
symlink('releases/2', "$base/next");
rename("$base/next", "$base/current");
wait_until(fn() => get_vars('w')[0] === 2);
echo json_encode(get_vars('w')), "\n";
?>
--EXPECT--
[1,1,1,1,1,1,1,1]
[2,2,2,2,2,2,2,2]
