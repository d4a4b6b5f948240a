<?php
// Publishes snapshots that can be checked, and ends at random in one of the ways that scripts end.

use function BgWorkers\{set_vars, should_stop};

enum Mood: string
{
    case Calm = 'calm';
    case Busy = 'busy';
}

require_once __DIR__ . '/checksum.php';

function spin(): never
{
    while (true) {
    }
}

$until = hrtime(true) + random_int(1, 4000) * 1_000_000;
do {
    $items = array_map(fn () => bin2hex(random_bytes(8)), range(1, 10 ** random_int(0, 4)));
    $mood = random_int(0, 3) === 0 ? Mood::Busy : Mood::Calm->value;
    set_vars(['items' => $items, 'mood' => $mood, 'sum' => checksum($items)]);
    if (should_stop(random_int(1, 20) / 1000)) {
        random_int(0, 3) === 0 ? spin() : exit(0);
    }
} while (hrtime(true) < $until);

switch (random_int(0, 6)) {
    case 0: exit(3);
    case 1: throw new RuntimeException('soak');
    case 2: ini_set('memory_limit', '2M'); str_repeat('x', 64 << 20);
    case 3: undefined_function();
    case 4: register_shutdown_function(spin(...)); spin();
    case 5: sleep(60);
}
