<?php
// The same application with and without the extension.

function flags(): array
{
    static $read = null;
    try {
        if (function_exists('BgWorkers\get_vars')) {
            return BgWorkers\get_vars('flags', 1.0);
        }
    } catch (RuntimeException $error) {     // not configured, not ready, given up
        error_log($error->getMessage());
    }
    return $read ??= json_decode(file_get_contents(__DIR__ . '/flags.json'), true, flags: JSON_THROW_ON_ERROR);
}
