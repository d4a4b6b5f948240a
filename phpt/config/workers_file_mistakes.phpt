--TEST--
A mistake in the workers file is an exception with file, line and cause
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/config-workers_file_mistakes/workers.ini
bgworkers.log_level=error
error_log=/dev/null
--FILE--
<?php
require __DIR__ . '/../declare.inc';
$mistakes = [
    "[w]\n", "[w]\nscript = no.php\n", "[w]\nscript = ok.php\nscrpt = x\n", "[w]\nscript = ok.php\nnum = many\n",
    "[w]\nscript = ok.php\nnum = -1\n", "[w]\nscript = ok.php\n[w]\nscript = ok.php\n", "script = ok.php\n",
    "[w]\nscript = ok.php\nini[opcache.enable] = 1\n", "[w]\nscript = ok.php\nini[bgworkers.scope] = x\n",
    "[w]\nscript = ok.php\nmax_consecutive_failures = -2\n", "[w]\nscript = ok.php\nopcache = maybe\n",
    "[w]\nscript[] = ok.php\n", "[w]\nscript = ok.php\nargs = x\n", "[-w]\nscript = ok.php\n",
    "[w]\nscript = ok.php\nmax_threads = 3\n", "[*]\nscript = ok.php\nnum = 1\n", "[w\nscript = ok.php\n",
    "[w]\nscript = ok.php\nshutdown_grace = -1\n", "[w]\nscript = ok.php\nscript = ok.php\n",
];
file_put_contents(scratch('ok.php'), '<?php');
foreach ($mistakes as $text) {
    file_put_contents(scratch('workers.ini'), $text);
    echo str_replace(scratch(), 'DIR', run_php('try { BgWorkers\get_vars("w", 0); } catch (RuntimeException $e) { echo $e->getMessage(), "\n"; }')['out']);
}
?>
--EXPECT--
DIR/workers.ini:1: section [w] has no script
DIR/workers.ini:2: script "DIR/no.php" does not exist
DIR/workers.ini:3: unknown key "scrpt"
DIR/workers.ini:3: num must be a whole number from 0 to 2147483647, "many" given
DIR/workers.ini:3: num must be a whole number from 0 to 2147483647, "-1" given
DIR/workers.ini:3: section [w] is declared twice
DIR/workers.ini:1: key "script" stands outside any section
DIR/workers.ini:3: ini[opcache.enable] cannot be set, bgworkers sets it itself
DIR/workers.ini:3: ini[bgworkers.scope] cannot be set, bgworkers sets it itself
DIR/workers.ini:3: max_consecutive_failures must be a whole number from -1 to 2147483647, "-2" given
DIR/workers.ini:3: opcache must be 0 or 1, "maybe" given
DIR/workers.ini:2: script is a single value, write script = ...
DIR/workers.ini:3: args is a list, write args[] = ...
DIR/workers.ini:1: the worker's name "-w" must not start with "-"
DIR/workers.ini:3: max_threads is for [*] alone, use num
DIR/workers.ini:3: num is not for [*], its workers are started by name
DIR/workers.ini:1: syntax error, unexpected end of file, expecting ']'
DIR/workers.ini:3: shutdown_grace must be a number of seconds from 0 to 1000000, "-1" given
DIR/workers.ini:3: script is set twice in this section
