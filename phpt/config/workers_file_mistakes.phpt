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
require __DIR__ . '/../helpers.inc';
$mistakes = [
    "[w]\n", "[w]\nscript = no.php\n", "[w]\nscript = ok.php\nscrpt = x\n", "[w]\nscript = ok.php\nnum = many\n",
    "[w]\nscript = ok.php\nnum = -1\n", "[w]\nscript = ok.php\n[w]\nscript = ok.php\n", "script = ok.php\n",
    "[w]\nscript = ok.php\nini[opcache.enable] = 1\n", "[w]\nscript = ok.php\nini[bgworkers.scope] = x\n",
    "[w]\nscript = ok.php\nmax_consecutive_failures = -2\n", "[w]\nscript = ok.php\nopcache = maybe\n",
    "[w]\nscript[] = ok.php\n", "[w]\nscript = ok.php\nargs = x\n", "[-w]\nscript = ok.php\n",
    "[w]\nscript = ok.php\nmax_threads = 3\n", "[*]\nscript = ok.php\nnum = 1\n", "[w\nscript = ok.php\n",
    "[w]\nscript = ok.php\nshutdown_grace = -1\n", "[w]\nscript = ok.php\nscript = ok.php\n",
    "[*]\nscript = ok.php\nevery = 60\n", "[w]\nscript = ok.php\nevery = 60\nnum = 2\n", "[w]\nscript = ok.php\nevery = 0\n",
    "[w]\nscript = ok.php\nopcache = 1\ncommand = 1\n",
    "# what it does\n[w]\nscript = ok.php\n", "[w]\n # that's (all)\nscript = ok.php\n",
    "[w]\n#script = ok.php\n", "[w]\nscript = ok.php --every=5\n",
];
file_put_contents(temp_path('ok.php'), '<?php');
foreach ($mistakes as $text) {
    file_put_contents(temp_path('workers.ini'), $text);
    echo run_php('try { BgWorkers\get_vars("w", 0); } catch (RuntimeException $e) { echo $e->getMessage(), "\n"; }', ['bgworkers.config' => temp_path('workers.ini')])[1];
}
?>
--EXPECT--
{tmp}/workers.ini:1: section [w] has no script
{tmp}/workers.ini:2: script "{tmp}/no.php" does not exist
{tmp}/workers.ini:3: unknown key "scrpt", did you mean script?
{tmp}/workers.ini:3: num must be a whole number from 0 to 2147483647, "many" given
{tmp}/workers.ini:3: num must be a whole number from 0 to 2147483647, "-1" given
{tmp}/workers.ini:3: section [w] is declared twice
{tmp}/workers.ini:1: key "script" stands outside any section
{tmp}/workers.ini:3: ini[opcache.enable] cannot be set, bgworkers sets it itself
{tmp}/workers.ini:3: ini[bgworkers.scope] cannot be set, bgworkers sets it itself
{tmp}/workers.ini:3: max_consecutive_failures must be a whole number from -1 to 2147483647, "-2" given
{tmp}/workers.ini:3: opcache must be 0 or 1, "maybe" given
{tmp}/workers.ini:2: script is a single value, write script = ...
{tmp}/workers.ini:3: args is a list, write args[] = ...
{tmp}/workers.ini:1: the worker's name "-w" must not start with "-"
{tmp}/workers.ini:3: max_threads is for [*] alone, use num
{tmp}/workers.ini:3: num is not for [*], its workers are started by name
{tmp}/workers.ini:1: syntax error, unexpected end of file, expecting ']'
{tmp}/workers.ini:3: shutdown_grace must be a number of seconds from 0 to 1000000, "-1" given
{tmp}/workers.ini:3: script is set twice in this section
{tmp}/workers.ini:3: every is not for [*], its workers are started by name
{tmp}/workers.ini:4: every and num = 2 cannot be used together: a job has one instance
{tmp}/workers.ini:3: every must be a number of seconds from 0.01 to 1000000, "0" given
{tmp}/workers.ini:4: command and opcache cannot be used together: code in OPcache has the host's PHP_SAPI
{tmp}/workers.ini:1: comments begin with ";", not with "#"
{tmp}/workers.ini:2: comments begin with ";", not with "#"
{tmp}/workers.ini:2: comments begin with ";", not with "#"
{tmp}/workers.ini:2: script "{tmp}/ok.php" has arguments behind it, write args[] = ... for each of them
