--TEST--
What is printed while PHP frees what a run has left open goes to the log, and not to the process's stdout
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/output-what_is_printed_at_the_very_end/workers.ini
error_log={TMP}/bgworkers-phpt/output-what_is_printed_at_the_very_end/log
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';

workers(['left' => <<<'PHP'
    class Left
    {
        public $context;
        function stream_open($path, $mode, $options, &$opened) { return true; }
        function stream_write($data) { return strlen($data); }
        function stream_flush() { return true; }
        function stream_close()
        {
            echo "closed\n";
            ini_set('display_errors', '1');
            trigger_error('closing');
            echo 'half a line';
        }
    }
    stream_wrapper_register('left', 'Left');
    $left = fopen('left://open', 'w');
    $cycle = [&$cycle, $left];
    BgWorkers\set_vars([]);
    live();
    PHP]);
print_r(run_php('BgWorkers\get_vars("left"); echo "read\n";',
    ['bgworkers.config' => ini_get('bgworkers.config'), 'error_log' => ini_get('error_log'), 'bgworkers.log_level' => 'error']));
print_r(array_map(fn ($line) => preg_replace('~ in \S*/~', ' in ', $line), log_lines()));
?>
--EXPECT--
Array
(
    [0] => 0
    [1] => read

    [2] => 
)
Array
(
    [0] => bgworkers: [left] closed
    [1] => bgworkers: [left] PHP Notice:  closing in worker-left.php on line 13
    [2] => bgworkers: [left] 
    [3] => bgworkers: [left] Notice: closing in worker-left.php on line 13
    [4] => bgworkers: [left] half a line
)
