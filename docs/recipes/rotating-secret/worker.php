<?php
// Publishes a password that lies in a file. The workers file watches the folder: when the secret rotates, a new run
// reads it. A run that finds none fails, and requests keep the last one.

use function BgWorkers\{set_vars, should_stop};

$password = @file_get_contents(__DIR__ . '/secrets/password');
if ($password === false || $password === '') {
    throw new RuntimeException('there is no password in secrets/password');
}
set_vars(['password' => rtrim($password, "\n")]);
should_stop(INF);
