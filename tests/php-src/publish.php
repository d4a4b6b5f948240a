<?php
// Publishes a new version every millisecond, beside each of PHP's own tests.

use function BgWorkers\{set_vars, should_stop};

$tick = 0;
do {
    set_vars(['tick' => ++$tick, 'names' => ['text' => "version $tick", 'list' => range(0, 20)], 'half' => $tick / 2]);
} while (!should_stop(0.001));
