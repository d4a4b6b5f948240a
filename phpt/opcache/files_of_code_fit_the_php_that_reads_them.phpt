--TEST--
Code that OPcache keeps in files runs in a PHP with bgworkers and in one without it, whichever compiled it
--EXTENSIONS--
bgworkers
opcache
--INI--
opcache.enable_cli=1
bgworkers.config={TMP}/bgworkers-phpt/opcache-files_of_code_fit_the_php_that_reads_them/workers.ini
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => 'BgWorkers\set_vars(["from" => "worker"]); live();']);
$code = <<<'PHP'
    <?php
    require __DIR__ . '/instead.php';
    echo BgWorkers\get_vars('w')['from'], ' ', BgWorkers\get_vars('w', 5)['from'], ' ';
    echo in_array('w', ['v', 'w']) ? 'yes' : 'no', "\n";
    PHP;
$instead = <<<'PHP'
    <?php
    if (!extension_loaded('bgworkers')) {
        eval('namespace BgWorkers; function get_vars(...$arguments) { return ["from" => "instead"]; }');
    }
    PHP;
$opcache = ini_get('extension_dir') . '/opcache.' . PHP_SHLIB_SUFFIX;
foreach (['with' => 'without', 'without' => 'with'] as $first => $second) {
    $cache = temp_path("cache-$first");
    mkdir($cache);
    write_file('instead.php', $instead);
    $script = write_file("first_$first.php", $code);
    foreach ([$first, $second, $first, $second] as $php) {
        $command = escapeshellarg(getenv('TEST_PHP_EXECUTABLE') ?: PHP_BINARY) . ' ' . ($php === 'with'
            ? getenv('TEST_PHP_EXTRA_ARGS') . ' -d bgworkers.log_level=error -d bgworkers.config='
                . escapeshellarg(ini_get('bgworkers.config'))
            : '-n' . (is_file($opcache) ? ' -d zend_extension=' . escapeshellarg($opcache) : ''));
        $settings = ['enable' => 1, 'enable_cli' => 1, 'file_cache' => $cache, 'file_cache_only' => 1];
        foreach ($settings + ['file_update_protection' => 0] as $key => $value) {
            $command .= " -d opcache.$key=$value";
        }
        echo "$php: ", shell_exec("$command " . escapeshellarg($script) . ' 2>&1');
    }
    $all = new RecursiveIteratorIterator(new RecursiveDirectoryIterator($cache, FilesystemIterator::SKIP_DOTS));
    echo preg_grep("/first_$first.php.bin$/", array_keys(iterator_to_array($all))) ? "kept\n" : "NOT kept\n";
}
?>
--EXPECT--
with: worker worker yes
without: instead instead yes
with: worker worker yes
without: instead instead yes
kept
without: instead instead yes
with: worker worker yes
without: instead instead yes
with: worker worker yes
kept
