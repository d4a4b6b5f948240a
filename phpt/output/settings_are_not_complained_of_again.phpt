--TEST--
What PHP says of inherited settings is said once, by the host: a worker's thread repeats nothing
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/output-settings_are_not_complained_of_again/workers.ini
error_log={TMP}/bgworkers-phpt/output-settings_are_not_complained_of_again/log
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';

// Deprecated, or out of range, in one version or another.
$complaints = ['assert.warning' => '0', 'assert.bail' => '1', 'mbstring.http_input' => 'UTF-8', 'mbstring.internal_encoding' => 'UTF-8',
    'iconv.output_encoding' => 'UTF-8', 'date.timezone' => 'Nowhere/Land', 'session.sid_length' => '40', 'session.gc_divisor' => '0',
    'session.use_trans_sid' => '1', 'zend.assertions' => '1', 'post_max_size' => '1Q', 'pcre.jit' => '0'];

workers(['reader' => 'BgWorkers\set_vars(["read"]); live();']);
$scripts = ['' => write_file('reads_none.php', '<?php echo "before\n"; echo "after\n";'),
    'reader' => write_file('reads_one.php', '<?php echo "before\n"; BgWorkers\get_vars("reader"); echo "after\n";')];

/** What a PHP with these settings writes to stdout, stderr and its log. */
$written = function (string $worker, array $settings) use ($scripts): array {
    @unlink(temp_path('file'));
    $arguments = getenv('TEST_PHP_EXTRA_ARGS');
    foreach ($settings + ['bgworkers.config' => ini_get('bgworkers.config'), 'error_log' => '', 'bgworkers.log_level' => 'error'] as $name => $value) {
        $arguments .= ' -d ' . escapeshellarg("$name=$value");
    }
    $process = proc_open('exec ' . escapeshellarg(getenv('TEST_PHP_EXECUTABLE')) . " $arguments " . escapeshellarg($scripts[$worker]),
        [['file', '/dev/null', 'r'], ['file', temp_path('out'), 'w'], ['file', temp_path('err'), 'w']], $pipes);
    return [proc_close($process), file_get_contents(temp_path('out')),
        ...preg_replace('/^\[.*?\] /m', '', [file_get_contents(temp_path('err')), (string) @file_get_contents(temp_path('file'))])];
};

$said = 0;
foreach ([['display_errors' => '1', 'log_errors' => '0'], ['display_errors' => '1', 'log_errors' => '1'], ['display_errors' => 'stderr', 'log_errors' => '0'],
    ['display_errors' => '1', 'display_startup_errors' => '0', 'log_errors' => '1'], ['display_errors' => '1', 'log_errors' => '1', 'error_log' => temp_path('file')]] as $way) {
    foreach ([$complaints, ...array_map(fn ($name) => [$name => $complaints[$name]], array_keys($complaints))] as $settings) {
        $plain = $written('', $settings + $way);
        $ours = $written('reader', $settings + $way);
        $said += substr_count(implode($plain), 'Warning') + substr_count(implode($plain), 'Deprecated');
        if ($plain !== $ours) {
            echo json_encode($way + $settings), "\n", json_encode($plain), "\n", json_encode($ours), "\n";
        }
    }
}
echo $said > 10 ? "said something\n" : "these settings are no longer complained of: $said\n";
?>
--EXPECT--
said something
