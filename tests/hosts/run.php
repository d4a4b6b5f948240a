<?php
// Runs bgworkers in real hosts: starts them, asks them, reads their logs and exit codes.
//
// usage: php -n tests/hosts/run.php [--only HOST]. Reads PHP, PHP_FPM and EXTENSION from the environment. Each folder
// beside this file is a host; its cases.php returns its cases: what is true => the function that looks. The last line
// is `N passed, N failed[, N skipped]`.

require __DIR__ . '/harness.php';

$only = ($at = array_search('--only', $argv, true)) ? explode(',', $argv[$at + 1]) : null;
$count = ['passed' => 0, 'failed' => 0, 'skipped' => 0];
foreach (glob(__DIR__ . '/*/cases.php') as $file) {
    $host = basename(dirname($file));
    if ($only !== null && !in_array($host, $only, true)) {
        continue;
    }
    $cases = require $file;
    if (is_string($cases)) {
        echo "skip  $host: $cases\n";
        ++$count['skipped'];
        continue;
    }
    foreach ($cases as $what => $case) {
        $start = microtime(true);
        $scratch = new Scratch();
        try {
            $case($scratch);
            $result = 'passed';
            $why = '';
        } catch (Skipped $skipped) {
            $result = 'skipped';
            $why = $skipped->getMessage();
        } catch (Throwable $error) {
            $result = 'failed';
            $why = $error->getMessage() . ' (' . basename($error->getFile()) . ':' . $error->getLine() . ")\n" . $scratch->logs();
        }
        $scratch->clean();
        ++$count[$result];
        printf("%-6s%s: %s (%.1f s)%s\n", ['passed' => 'ok', 'failed' => 'FAIL', 'skipped' => 'skip'][$result], $host, $what,
            microtime(true) - $start, $why === '' ? '' : "\n      " . str_replace("\n", "\n      ", rtrim($why)));
    }
}
printf("%d passed, %d failed%s\n", $count['passed'], $count['failed'], $count['skipped'] ? ", $count[skipped] skipped" : '');
exit($count['failed'] === 0 && $count['passed'] > 0 ? 0 : 1);
