--TEST--
php --ri bgworkers shows the settings and the declared workers, and starts none
--EXTENSIONS--
bgworkers
--INI--
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';

$config = write_file('w.ini', "[clock]\nscript = w.php\nnum = 2\n");
write_file('w.php', '<?php file_put_contents(__DIR__ . "/ran", "x"); BgWorkers\set_vars([]);');
$out = shell_exec(escapeshellarg(getenv('TEST_PHP_EXECUTABLE')) . ' ' . getenv('TEST_PHP_EXTRA_ARGS') . ' -d bgworkers.config=' . escapeshellarg($config) . ' --ri bgworkers 2>&1');
var_dump(str_contains($out, 'bgworkers.max_threads => 64'), preg_match('/^clock => idle => no => 2 => 0/m', $out), is_file(temp_path('ran')));
?>
--EXPECT--
bool(true)
int(1)
bool(false)
