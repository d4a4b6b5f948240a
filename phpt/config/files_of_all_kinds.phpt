--TEST--
Files without workers, with CRLF, with comments; directories and missing files
--EXTENSIONS--
bgworkers
--INI--
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';

write_file('w.php', '<?php BgWorkers\set_vars([$argv]); BgWorkers\should_stop(INF);');
mkdir(temp_path('directory'));
foreach ([
    'empty' => '', 'comments alone' => "; nothing\n\n ; here\n", 'CRLF' => "[w]\r\nscript = w.php\r\nargs[] = x\r\n",
    'comment after' => "[w] ; comment\nscript = w.php ; comment\n; last", 'no end of line' => "[w]\nscript = w.php",
    'absolute script' => "[w]\nscript = " . temp_path('w.php') . "\n", 'dots' => "[w]\nscript = ./directory/../w.php\n",
    'script is a directory' => "[w]\nscript = directory\n", 'empty script' => "[w]\nscript =\n", 'forced ini' => "[w]\nscript = w.php\nini[display_errors] = 1\n",
    'forced ini in capitals' => "[w]\nscript = w.php\nini[Max_Execution_Time] = 1\n", 'extension' => "[w]\nscript = w.php\nini[extension] = x\n",
    'env without a name' => "[w]\nscript = w.php\nenv[] = x\n", 'number too large' => "[w]\nscript = w.php\nnum = 99999999999\n", 'a fraction' => "[w]\nscript = w.php\nnum = 1.5\n",
    'no limit' => "[w]\nscript = w.php\nmax_consecutive_failures = -1\n", 'empty section' => "[]\nscript = w.php\n", 'twice catch-all' => "[*]\nscript = w.php\n[*]\nscript = w.php\n",
] as $what => $text) {
    $config = write_file('x.ini', $text);
    [$exit, $out] = run_php('try { echo json_encode(BgWorkers\get_vars("w")[0]), "\n"; } catch (Exception $e) { echo get_class($e), ": ", $e->getMessage(), "\n"; }', ['bgworkers.config' => $config, 'bgworkers.log_level' => 'error']);
    echo "$what: ", str_replace('\/', '/', str_replace(trim(json_encode(temp_path('')), '"'), '{tmp}', $out)), $exit ? "exit $exit\n" : '';
}
foreach (['directory', 'missing.ini'] as $name) {
    echo "$name: ", run_php('try { BgWorkers\get_vars("w"); } catch (Exception $e) { echo get_class($e), ": ", $e->getMessage(), "\n"; }', ['bgworkers.config' => temp_path($name), 'bgworkers.log_level' => 'error'])[1];
}
?>
--EXPECT--
empty: RuntimeException: worker "w" is not declared; declared: none
comments alone: RuntimeException: worker "w" is not declared; declared: none
CRLF: ["{tmp}/w.php","w","x"]
comment after: ["{tmp}/w.php","w"]
no end of line: ["{tmp}/w.php","w"]
absolute script: ["{tmp}/w.php","w"]
dots: ["{tmp}/directory/../w.php","w"]
script is a directory: RuntimeException: {tmp}/x.ini:2: script "{tmp}/directory" is a directory
empty script: RuntimeException: {tmp}/x.ini:2: script must not be empty
forced ini: RuntimeException: {tmp}/x.ini:3: ini[display_errors] cannot be set, bgworkers sets it itself
forced ini in capitals: RuntimeException: {tmp}/x.ini:3: ini[Max_Execution_Time] cannot be set, bgworkers sets it itself
extension: RuntimeException: {tmp}/x.ini:3: ini[extension] cannot be set, bgworkers sets it itself
env without a name: RuntimeException: {tmp}/x.ini:3: env needs a name, write env[NAME] = ...
number too large: RuntimeException: {tmp}/x.ini:3: num must be a whole number from 0 to 2147483647, "99999999999" given
a fraction: RuntimeException: {tmp}/x.ini:3: num must be a whole number from 0 to 2147483647, "1.5" given
no limit: ["{tmp}/w.php","w"]
empty section: RuntimeException: {tmp}/x.ini:1: the worker's name "" must not be empty
twice catch-all: RuntimeException: {tmp}/x.ini:3: section [*] is declared twice
directory: RuntimeException: worker "w" is not declared; declared: none
missing.ini: RuntimeException: {tmp}/missing.ini: cannot be read: No such file or directory
