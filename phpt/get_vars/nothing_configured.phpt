--TEST--
Without a workers file the message says what to set
--EXTENSIONS--
bgworkers
--INI--
bgworkers.log_level=error
bgworkers.config=
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
unset($_SERVER['none']);
foreach ([fn () => BgWorkers\get_vars('w'), fn () => BgWorkers\status()] as $call) {
    try {
        $call();
    } catch (RuntimeException $error) {
        echo $error->getMessage(), "\n";
    }
}
?>
--EXPECT--
no background workers are configured: set bgworkers.config to a workers file, or bgworkers.entrypoint to a script, in php.ini
no background workers are configured: set bgworkers.config to a workers file, or bgworkers.entrypoint to a script, in php.ini
