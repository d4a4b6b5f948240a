--TEST--
The *.ini of a directory are one scope: sorted, a later file overrides single keys, and may switch a name off
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/config-a_directory_is_one_scope
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
use function BgWorkers\{get_vars, post_task, restart, status};

// The setting names the directory, so what the tests share would take the one above it.
$tmp = ini_get('bgworkers.config');
foreach ([
    'vendor/acme/workers.ini' => "[acme.flags]\nscript = flags.php\nargs[] = shipped\nargs[] = with it\nenv[A] = 1\nenv[B] = 2\n",
    'vendor/acme/flags.php' => '<?php BgWorkers\set_vars([$argv[0], array_slice($argv, 1), getenv("A"), getenv("B"), getcwd()]); BgWorkers\should_stop(INF);',
    '20-app.ini' => "[clock]\nscript = clock.php\n[old]\nscript = gone.php\n[*]\nscript = clock.php\n",
    '90-local.ini' => "; of this machine\n[acme.flags]\nargs[] = here\nenv[B] = 3\n[old]\nenabled = 0\n",
    'clock.php' => '<?php BgWorkers\set_vars([$argv[1]]); BgWorkers\should_stop(INF);',
    'notes.txt' => 'no ini', '.hidden.ini' => 'no ini', 'below/more.ini' => '[no ini',
] as $name => $content) {
    is_dir(dirname("$tmp/$name")) || mkdir(dirname("$tmp/$name"), 0777, true);
    file_put_contents("$tmp/$name", $content);
}
symlink('vendor/acme/workers.ini', "$tmp/10-acme.ini");
$attempt = function (callable $call) use ($tmp) {
    try {
        echo str_replace('\/', '/', json_encode($call())), "\n";
    } catch (RuntimeException $error) {
        echo str_replace($tmp, '{dir}', $error->getMessage()), "\n";
    }
};
$attempt(fn () => array_map(fn ($value) => is_string($value) ? str_replace($tmp, '{dir}', $value) : $value, get_vars('acme.flags')));
$attempt(fn () => get_vars('clock'));
$attempt(fn () => get_vars('anything else'));
$attempt(fn () => get_vars('old'));
$attempt(fn () => get_vars(['clock', 'old']));
$attempt(fn () => post_task('old'));
$attempt(fn () => restart('old'));
$attempt(fn () => array_keys(status()));
ob_start();
phpinfo(INFO_MODULES);
preg_match('/^Switched off => In\n.*$/m', ob_get_clean(), $match);
echo str_replace($tmp, '{dir}', $match[0]), "\n";
?>
--EXPECT--
["{dir}/vendor/acme/flags.php",["acme.flags","here"],"1","3","{dir}"]
["clock"]
["anything else"]
worker "old" is switched off (enabled = 0) in {dir}/90-local.ini:6
worker "old" is switched off (enabled = 0) in {dir}/90-local.ini:6
worker "old" is switched off (enabled = 0) in {dir}/90-local.ini:6
worker "old" is switched off (enabled = 0) in {dir}/90-local.ini:6
["acme.flags","anything else","clock"]
Switched off => In
old => {dir}/90-local.ini:6
