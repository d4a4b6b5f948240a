<?php
// Runs commands of real packages in workers, as they were written for a process of their own.
//
// usage: php -n tests/packages/run.php [FOLDER[:PART-OF-A-NAME]]... Reads PHP, PHP_FPM, EXTENSION, PACKAGES and
// PHP_MODULES from the environment; LIVING_HOST, APACHE, MOD_PHP, APACHE_EXTENSION and APACHE_PCNTL name what some
// of the hosts need. Each folder beside this file is a framework.

require dirname(__DIR__) . '/hosts/harness.php';
require __DIR__ . '/Commands.php';

exit(run_cases(__DIR__, array_slice($argv, 1), Table::print(...)));
