--TEST--
What the parser of a workers file complains of is no error of the script: error_get_last() tells the one before
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/config-a_mistake_leaves_the_last_error/workers.ini
bgworkers.log_level=error
error_log=/dev/null
error_reporting=E_ALL
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
write_file('workers.ini', "[w\nscript = ok.php\n");
@trigger_error('mine', E_USER_NOTICE); $line = __LINE__;
try {
    BgWorkers\get_vars('w');
} catch (RuntimeException $e) {
    echo strpos($e->getMessage(), 'workers.ini:') !== false ? 'refused' : $e->getMessage(), "\n";
}
['type' => $type, 'message' => $message, 'file' => $file, 'line' => $at] = error_get_last();
var_dump($type === E_USER_NOTICE, $message, $file === __FILE__, $at === $line);
?>
--EXPECT--
refused
bool(true)
string(4) "mine"
bool(true)
bool(true)
