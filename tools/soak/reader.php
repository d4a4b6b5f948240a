<?php
// A reader whose request never ends: checks every snapshot it sees, and publishes what it counted.

use function BgWorkers\{get_vars, set_vars, should_stop};

enum Mood: string
{
    case Calm = 'calm';
    case Busy = 'busy';
}

require_once __DIR__ . '/checksum.php';

$reads = $wrong = 0;
do {
    foreach (get_vars(['publisher-1', 'publisher-2', 'publisher-3']) as $name => $vars) {
        ++$reads;
        $mood = $vars['mood'] instanceof Mood ? $vars['mood'] : Mood::tryFrom($vars['mood']);
        if (checksum($vars['items']) !== $vars['sum'] || $mood === null) {
            ++$wrong;
        }
    }
    set_vars(['reads' => $reads, 'wrong' => $wrong, 'memory' => memory_get_usage()]);
} while (!should_stop(0.002));
