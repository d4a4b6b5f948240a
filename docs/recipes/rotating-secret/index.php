<?php
$password = BgWorkers\get_vars('database')['password'];

echo hash('sha256', $password), "\n";   // log in with it
