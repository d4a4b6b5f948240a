--TEST--
bgworkers.entrypoint is the only, catch-all worker; relative paths and both settings at once are errors
--EXTENSIONS--
bgworkers
--INI--
bgworkers.log_level=error
bgworkers.config=
bgworkers.entrypoint={TMP}/bgworkers-phpt/entrypoint/console.php
bgworkers.scope=label
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
file_put_contents(temp_path('console.php'), '<?php BgWorkers\set_vars(["argv" => array_slice($argv, 1), "cwd" => getcwd()]); while (!BgWorkers\should_stop(9));');
attempt(fn () => BgWorkers\get_vars('any/name')['argv']);
attempt(fn () => BgWorkers\get_vars('other')['cwd'] === realpath(temp_path('')));
foreach ([['bgworkers.entrypoint' => 'console.php'], ['bgworkers.config' => '/x.ini'], ['bgworkers.entrypoint' => '', 'bgworkers.config' => 'x.ini'],
    ['bgworkers.entrypoint' => '/no/such.php'], ['bgworkers.entrypoint' => '', 'bgworkers.config' => '/no/such.ini']] as $ini) {
    echo run_php('try { BgWorkers\get_vars("w"); } catch (RuntimeException $e) { echo $e->getMessage(), "\n"; }', $ini + ['bgworkers.entrypoint' => temp_path('console.php')])[1];
}
?>
--EXPECT--
array(1) {
  [0]=>
  string(8) "any/name"
}
bool(true)
bgworkers.entrypoint must be an absolute path: console.php
bgworkers.config and bgworkers.entrypoint cannot be used together
bgworkers.config must be an absolute path: x.ini
bgworkers.entrypoint: script "/no/such.php" does not exist
/no/such.ini: cannot be read: No such file or directory
