<?php
// Runs commands of real packages in workers, as they were written for a process of their own.
//
// usage: php -n tests/packages/run.php [FOLDER[:PART-OF-A-NAME]]... Reads PHP, PHP_FPM, EXTENSION, PACKAGES and
// PHP_MODULES from the environment. Each folder beside this file is a framework.

require dirname(__DIR__) . '/hosts/harness.php';
require dirname(__DIR__) . '/hosts/php-fpm/Fpm.php';
require __DIR__ . '/Consumers.php';

exit(run_cases(__DIR__, array_slice($argv, 1)));
