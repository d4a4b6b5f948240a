--TEST--
What a worker prints goes to the log line by line, with its name; nothing reaches the caller's output
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/lines_go_to_the_log_with_the_name.php
error_log={PWD}/lines.log
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars};
require __DIR__ . '/../helpers.inc';

if (in_worker()) {
    echo "one\ntwo\n";
    echo 'pie', 'ces ', 'of a line', "\n\nafter an empty line\n";
    print("binary \x01\xff stays\n");
    echo str_repeat('x', 30000), "\n";
    trigger_error('a warning', E_USER_WARNING);
    error_log('by error_log()');
    ob_start(fn($text) => strtoupper($text));
    echo "buffered\n";
    ob_end_flush();
    flush();
    ob_start();
    echo "never flushed by the script\n";
    register_shutdown_function(function () { echo "\nfrom a shutdown function"; });
    set_vars([]);
    await_flag('end');
    ob_end_flush();
    echo 'without an end of line';
    return;
}
ob_start();
get_vars('printer');
raise_flag('end');
wait_until(fn() => str_contains(implode(log_lines()), 'event=exited'));
$printed = ob_get_clean();
var_dump($printed);
foreach (log_lines('[printer]') as $line) {
    strlen($line) > 200 ? print(strlen(rtrim($line, 'x')) . ' + ' . substr_count($line, 'x') . "\n") : print(addcslashes($line, "\0..\37\177..\377") . "\n");
}
?>
--CLEAN--
<?php @unlink(__DIR__ . '/lines.log'); ?>
--EXPECTF--
string(0) ""
bgworkers: [printer] one
bgworkers: [printer] two
bgworkers: [printer] pieces of a line
bgworkers: [printer] 
bgworkers: [printer] after an empty line
bgworkers: [printer] binary \001\377 stays
21 + 8192
21 + 8192
21 + 8192
21 + 5424
bgworkers: [printer] PHP Warning:  a warning in %s on line %d
bgworkers: [printer] by error_log()
bgworkers: [printer] BUFFERED
bgworkers: [printer] never flushed by the script
bgworkers: [printer] without an end of line
bgworkers: [printer] from a shutdown function
