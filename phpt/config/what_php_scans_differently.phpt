--TEST--
Bytes and lines that PHP's scanner skips, takes for the end or miscounts
--EXTENSIONS--
bgworkers
posix
--INI--
bgworkers.config={TMP}/bgworkers-phpt/config-what_php_scans_differently/workers.ini
--SKIPIF--
<?php if (PHP_OS_FAMILY === 'Windows') die('skip no FIFO'); ?>
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
write_file('w.php', '<?php BgWorkers\set_vars(array_slice($argv, 2)); BgWorkers\should_stop(INF);');
$files = [
    'NUL before a section' => "[w]\nscript = w.php\n\0[b]\nscript = none.php\n",
    'NUL in a value' => "[w]\nscript = w.php\nargs[] = a\0b\n",
    'NUL in a comment' => "; \0\n[w]\nscript = w.php\n",
    'NUL at the end' => "[w]\r\nscript = w.php\r\n\0",
    'UTF-16' => implode("\0", str_split("[w]\nscript = w.php\n")) . "\0",
    'byte order mark' => "\xEF\xBB\xBF[w]\nscript = w.php\nargs[] = x\n",
    'byte order mark alone' => "\xEF\xBB\xBF",
    'blanks at the end' => "[w]\nscript = w.php\nargs[] = x\n  ",
    'tab before a section' => "\t[w]\nscript = w.php\n",
    'blank before a section' => "[w]\nscript = w.php\n [b]\nscript = w.php\n",
    'blank before a section with a value' => "[w]\nscript = w.php\n [b] = x\n",
    'section without end' => "[w]\nscript = w.php\n[b\nscript = w.php\n",
    'section with a comment' => "[w] ; this\n; that\nscript = none.php\n",
    'sections with comments' => "[w] ; one\nscript = w.php\n\n[v] ; two\nscript = w.php\n[u] ; three\nscript = w.php\nnum = x",
    'section and key on a line' => "[w] script = w.php\nnum = x\n",
    'syntax error after a comment' => "[w] ; one\nscript = w.php\nargs[ = 1\n",
    'old line ends' => "[w] ; one\rscript = w.php\rnum = x\r",
    'CRLF' => "[w]\r\nscript = w.php\r\nnum = x\r\n",
    'no line end' => "[w]\nscript = w.php\nnum = x",
    'key without value' => "[w]\nscript = w.php\nnum\n",
    'list without value' => "[w]\nscript = w.php\nargs\n",
    'item without value' => "[w]\nscript = w.php\nargs[]\n",
    'value alone' => "[w]\nscript = w.php\n= 5\n",
    'comment at the end' => "[w]\nscript = w.php\nargs[] = x\n; comment",
    'a long line' => "[w]\nscript = w.php\nargs[] = " . str_repeat('x', 100000) . "\nargs[] = y\n",
];
$ask = 'try { foreach (BgWorkers\get_vars("w") as $arg) { echo strlen($arg) > 9 ? strlen($arg) : $arg, " "; } echo "\n"; } catch (Exception $e) { echo $e->getMessage(), "\n"; }';
$said = fn (string $config) => run_php($ask, ['bgworkers.config' => $config, 'bgworkers.log_level' => 'error'])[1];
foreach ($files as $what => $text) {
    echo "$what: ", $said(write_file('x.ini', $text));
}
posix_mkfifo(temp_path('fifo.ini'), 0600);
foreach ([temp_path('fifo.ini'), '/dev/null'] as $path) {
    echo $said($path);
}
$large = fopen(temp_path('large.ini'), 'w');
ftruncate($large, 17 << 20);
echo $said(temp_path('large.ini'));
?>
--EXPECT--
NUL before a section: {tmp}/x.ini:3: there is a NUL byte; a workers file is plain text (UTF-8, not UTF-16)
NUL in a value: {tmp}/x.ini:3: there is a NUL byte; a workers file is plain text (UTF-8, not UTF-16)
NUL in a comment: {tmp}/x.ini:1: there is a NUL byte; a workers file is plain text (UTF-8, not UTF-16)
NUL at the end: {tmp}/x.ini:3: there is a NUL byte; a workers file is plain text (UTF-8, not UTF-16)
UTF-16: {tmp}/x.ini:1: there is a NUL byte; a workers file is plain text (UTF-8, not UTF-16)
byte order mark: x 
byte order mark alone: worker "w" is not declared; declared: none
blanks at the end: x 
tab before a section: 
blank before a section: {tmp}/x.ini:3: syntax error, unexpected END_OF_LINE, expecting '='
blank before a section with a value: {tmp}/x.ini:3: a line begins with a key, or with the [ of a section
section without end: {tmp}/x.ini:3: syntax error, unexpected end of file, expecting ']'
section with a comment: {tmp}/x.ini:3: script "{tmp}/none.php" does not exist
sections with comments: {tmp}/x.ini:8: num must be a whole number from 0 to 2147483647, "x" given
section and key on a line: {tmp}/x.ini:2: num must be a whole number from 0 to 2147483647, "x" given
syntax error after a comment: {tmp}/x.ini:3: syntax error, unexpected end of file, expecting ']'
old line ends: {tmp}/x.ini:3: num must be a whole number from 0 to 2147483647, "x" given
CRLF: {tmp}/x.ini:3: num must be a whole number from 0 to 2147483647, "x" given
no line end: {tmp}/x.ini:3: num must be a whole number from 0 to 2147483647, "x" given
key without value: {tmp}/x.ini:3: num must be a whole number from 0 to 2147483647, "" given
list without value: {tmp}/x.ini:3: args is a list, write args[] = ...
item without value: {tmp}/x.ini:3: syntax error, unexpected END_OF_LINE, expecting '='
value alone: {tmp}/x.ini:3: syntax error, unexpected '='
comment at the end: x 
a long line: 100000 y 
{tmp}/fifo.ini: cannot be read: it is not a file
/dev/null: cannot be read: it is not a file
{tmp}/large.ini: cannot be read: it is larger than 16 MiB
