--TEST--
A run whose script cannot be opened, or whose auto_prepend_file ends it, says so
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/life-what_ends_a_run_before_its_script/workers.ini
error_log={TMP}/bgworkers-phpt/life-what_ends_a_run_before_its_script/log
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, status};
require __DIR__ . '/../helpers.inc';

write_file('exits.php', '<?php exit;');
write_file('dies.php', '<?php die("not installed");');
write_file('throws.php', '<?php throw new LogicException("not installed");');
write_file('deprecated.php', '<?php function f($a = 1, $b) {}');
$publish = 'BgWorkers\set_vars(["fine"]); live();';
$once = ['code' => $publish, 'max_consecutive_failures' => 1];
workers([
    'outside' => $once + ['ini[open_basedir]' => '/nowhere'],
    'exits' => $once + ['ini[auto_prepend_file]' => temp_path('exits.php')],
    'dies' => $once + ['ini[auto_prepend_file]' => temp_path('dies.php')],
    'throws' => $once + ['ini[auto_prepend_file]' => temp_path('throws.php')],
    'missing' => $once + ['ini[auto_prepend_file]' => temp_path('missing.php')],
    'prepended' => $once + ['ini[auto_prepend_file]' => temp_path('deprecated.php')],
    'appended' => ['code' => 'BgWorkers\set_vars([get_included_files()]);', 'ini[auto_append_file]' => write_file('append.php', '<?php BgWorkers\set_vars(["appended"]); live();')],
    'parse error' => ['code' => 'this is no PHP', 'max_consecutive_failures' => 1],
    'deprecated, then wrong' => ['code' => 'function f($a = 1, $b) {} undefined();', 'max_consecutive_failures' => 1],
]);
foreach (['outside', 'exits', 'dies', 'throws', 'missing', 'prepended', 'parse error', 'deprecated, then wrong'] as $name) {
    attempt(fn () => get_vars($name, 20));
}
wait_until(fn () => get_vars('appended')[0] === 'appended');
echo "appended\n";
?>
--EXPECTF--
BgWorkers\WorkerException: worker "outside" has given up: 1 attempt, last exit status 255, last error: cannot open the script {tmp}/worker-outside.php: open_basedir restriction in effect. File({tmp}/worker-outside.php) is not within the allowed path(s): (/nowhere)
BgWorkers\WorkerException: worker "exits" has given up: 1 attempt, last exit status 0, last error: the script ended without a call of BgWorkers\set_vars(); auto_prepend_file {tmp}/exits.php ended it before the script began
BgWorkers\WorkerException: worker "dies" has given up: 1 attempt, last exit status 0, last error: the script ended without a call of BgWorkers\set_vars(); auto_prepend_file {tmp}/dies.php ended it before the script began; it ended with the words: not installed
BgWorkers\WorkerException: worker "throws" has given up: 1 attempt, last exit status 255, last error: LogicException: not installed in {tmp}/throws.php:1
BgWorkers\WorkerException: worker "missing" has given up: 1 attempt, last exit status 255, last error: cannot open auto_prepend_file {tmp}/missing.php: Failed to open stream: No such file or directory
array(1) {
  [0]=>
  string(4) "fine"
}
BgWorkers\WorkerException: worker "parse error" has given up: 1 attempt, last exit status 255, last error: ParseError: syntax error, unexpected identifier "is" in {tmp}/worker-parse_error.php:3
BgWorkers\WorkerException: worker "deprecated, then wrong" has given up: 1 attempt, last exit status 255, last error: Error: Call to undefined function undefined() in {tmp}/worker-deprecated__then_wrong.php:3
appended
