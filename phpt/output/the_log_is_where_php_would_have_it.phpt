--TEST--
A relative error_log lies where the script stands, and a new one has the mode of error_log_mode
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/output-the_log_is_where_php_would_have_it/workers.ini
--FILE--
<?php
require __DIR__ . '/../helpers.inc';

umask(022);
workers(['w' => 'echo "of the worker\n"; BgWorkers\set_vars([1]); live();']);
$count = fn (string $file, string $word) => substr_count((string) @file_get_contents($file), $word);
foreach (['0600', '0640', '', '0', '01777'] as $mode) {
    @unlink(temp_path('php.log'));
    mkdir($directory = temp_path("stands$mode"));
    run_php('chdir(' . var_export($directory, true) . '); BgWorkers\get_vars("w"); error_log("of the script");', ['bgworkers.config' => ini_get('bgworkers.config'),
        'error_log' => 'php.log', 'log_errors' => '1', 'error_log_mode' => $mode]);
    echo decoct(fileperms("$directory/php.log") & 07777), ' ', $count("$directory/php.log", 'of the script'), $count("$directory/php.log", 'of the worker'),
        $count("$directory/php.log", 'event=exited'), "\n";
}
?>
--EXPECT--
600 111
640 111
644 111
644 111
644 111
