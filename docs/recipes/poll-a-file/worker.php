<?php
// Watches a JSON file of feature flags and publishes it whenever it changes.

use function BgWorkers\{set_vars, should_stop};

$file = __DIR__ . '/flags.json';
do {
    $flags = json_decode(file_get_contents($file), true);
    if (is_array($flags)) {
        set_vars($flags);               // the same content again costs next to nothing
    }
} while (!should_stop(0.1));            // looks ten times a second, ends at once when it has to
