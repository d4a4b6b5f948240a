<?php
// Runs what the docs show: recipes, status page, metrics.
//
// usage: php -n tests/docs/run.php [FOLDER[:PART-OF-A-NAME]]... Reads PHP, PHP_FPM, EXTENSION and AUTOLOAD from the
// environment.

require dirname(__DIR__) . '/hosts/harness.php';
require dirname(__DIR__) . '/hosts/http.php';
require dirname(__DIR__) . '/hosts/asking.php';
require __DIR__ . '/site.php';

exit(run_cases(__DIR__, array_slice($argv, 1)));
