<?php
// What publications cost. All in here, beside apcu_store() of the same arrays.

use function BgWorkers\set_vars;

require dirname(__DIR__) . '/data.php';
require dirname(__DIR__) . '/timing.php';

$a = entries(1000, 1);
$equal_to_a = entries(1000, 1);
$b = entries(1000, 2);

$samples = interleave([
    'changed' => function (int $rounds) use ($a, $b): float {
        $start = hrtime(true);
        for ($i = 0; $i < $rounds; ++$i) {
            set_vars($a);
            set_vars($b);
        }
        return (hrtime(true) - $start) / (2 * $rounds);
    },
    'apcu_store' => function (int $rounds) use ($a, $b): float {
        $start = hrtime(true);
        for ($i = 0; $i < $rounds; ++$i) {
            apcu_store('stored', $a);
            apcu_store('stored', $b);
        }
        return (hrtime(true) - $start) / (2 * $rounds);
    },
    'equal' => function (int $rounds) use ($a, $equal_to_a): float {
        set_vars($a);
        $start = hrtime(true);
        for ($i = 0; $i < $rounds; ++$i) {
            set_vars($equal_to_a);
            set_vars($a);
        }
        return (hrtime(true) - $start) / (2 * $rounds);
    },
    'same' => function (int $rounds) use ($a): float {
        set_vars($a);
        $start = hrtime(true);
        for ($i = 0; $i < $rounds; ++$i) {
            set_vars($a); set_vars($a); set_vars($a); set_vars($a); set_vars($a);
            set_vars($a); set_vars($a); set_vars($a); set_vars($a); set_vars($a);
        }
        return (hrtime(true) - $start) / (10 * $rounds);
    },
], 31, 5e6);
set_vars(['samples' => $samples]);
BgWorkers\should_stop(INF);
