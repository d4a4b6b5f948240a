<?php
// Runs bgworkers in real hosts: starts them, asks them, reads their logs and exit codes.
//
// usage: php -n tests/hosts/run.php [HOST[:PART-OF-A-NAME]]... Reads PHP, PHP_FPM and EXTENSION from the environment.
// Each folder beside this file is a host.

require __DIR__ . '/harness.php';

exit(run_cases(__DIR__, array_slice($argv, 1)));
