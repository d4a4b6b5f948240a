--TEST--
While PHP starts, in a preload script, every function of the API throws, nothing is started and nothing remembered
--EXTENSIONS--
bgworkers
opcache
posix
--INI--
bgworkers.config={TMP}/bgworkers-phpt/opcache-a_preload_script_cannot_use_the_api/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';

workers(['reader' => 'BgWorkers\set_vars(["limit" => ini_get("memory_limit"), "preloaded" => preloaded()]); live();']);
$preload = write_file('preload.php', <<<'PHP'
    <?php
    function preloaded(): string { return 'preloaded'; }
    $calls = ['set_vars' => [[]], 'get_vars' => ['reader'], 'get_worker_handle' => [], 'should_stop' => [], 'status' => [], 'metrics' => []];
    foreach (['BgWorkers\\' => $calls, 'frankenphp_' => array_slice($calls, 0, 3)] as $prefix => $functions) {
        foreach ($functions as $function => $arguments) {
            try {
                $result = ($prefix . $function)(...$arguments);
                echo $prefix, $function, " returned\n";
            } catch (Throwable $e) {
                echo $e::class, ': ', $e->getMessage(), "\n";
            }
        }
    }
    foreach ([['reader'], ['reader', 'other']] as $names) {
        try {
            BgWorkers\get_vars($names, 0);
            echo "a list returned\n";
        } catch (RuntimeException $e) {
            echo 'list: ', $e->getMessage(), "\n";
        }
    }
    ob_start();
    phpinfo(INFO_MODULES);
    echo str_contains(ob_get_clean(), 'reader') ? 'phpinfo() lists workers' : 'phpinfo() lists no workers', ", ";
    echo preg_match('/^Threads:\t1$/m', file_get_contents('/proc/self/status')) ? 'one thread' : 'several threads', "\n";
    PHP);
$code = 'echo "request: ", json_encode([preloaded(), BgWorkers\get_vars("reader")]), "\n", implode(", ", array_keys(BgWorkers\status())), "\n";';
// In the process itself, and, for root, in a forked child of another user, who has to get at the script.
$users = posix_getuid() !== 0 ? [''] : (fileperms(sys_get_temp_dir()) & 1 ? ['root', 'nobody'] : ['root']);
$outputs = [];
foreach ($users as $user) {
    $outputs[] = json_encode(run_php($code, ['bgworkers.config' => ini_get('bgworkers.config'), 'bgworkers.frankenphp_aliases' => '1', 'memory_limit' => '77M',
        'bgworkers.log_level' => 'error', 'opcache.enable' => '1', 'opcache.enable_cli' => '1', 'opcache.preload' => $preload, 'opcache.preload_user' => $user]));
}
echo count(array_unique($outputs)) === 1 ? '' : implode("\n", $outputs), "\n";
[$status, $printed, $errors] = json_decode($outputs[0]);
echo $printed, $errors, $status, "\n";
?>
--EXPECT--

RuntimeException: BgWorkers\set_vars() cannot be used while PHP starts (opcache.preload): no worker can run yet; call it in a request
RuntimeException: BgWorkers\get_vars() cannot be used while PHP starts (opcache.preload): no worker can run yet; call it in a request
RuntimeException: BgWorkers\get_worker_handle() cannot be used while PHP starts (opcache.preload): no worker can run yet; call it in a request
RuntimeException: BgWorkers\should_stop() cannot be used while PHP starts (opcache.preload): no worker can run yet; call it in a request
RuntimeException: BgWorkers\status() cannot be used while PHP starts (opcache.preload): no worker can run yet; call it in a request
RuntimeException: BgWorkers\metrics() cannot be used while PHP starts (opcache.preload): no worker can run yet; call it in a request
RuntimeException: frankenphp_set_vars() cannot be used while PHP starts (opcache.preload): no worker can run yet; call it in a request
RuntimeException: frankenphp_get_vars() cannot be used while PHP starts (opcache.preload): no worker can run yet; call it in a request
RuntimeException: frankenphp_get_worker_handle() cannot be used while PHP starts (opcache.preload): no worker can run yet; call it in a request
list: BgWorkers\get_vars() cannot be used while PHP starts (opcache.preload): no worker can run yet; call it in a request
list: BgWorkers\get_vars() cannot be used while PHP starts (opcache.preload): no worker can run yet; call it in a request
phpinfo() lists no workers, one thread
request: ["preloaded",{"limit":"77M","preloaded":"preloaded"}]
reader
0
