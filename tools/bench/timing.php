<?php
// Measures several contenders against each other.

/**
 * One turn of each contender per round, each round in another order. A contender runs so often per turn that the turn
 * takes about $turn nanoseconds.
 *
 * @param array<string, callable(int $rounds): float> $contenders  return nanoseconds per call
 * @return array<string, list<float>>
 */
function interleave(array $contenders, int $rounds, float $turn = 2e6): array
{
    $loops = $samples = [];
    foreach ($contenders as $name => $run) {
        $run(1);
        $start = hrtime(true);
        $run(4);
        $loops[$name] = max(1, (int) ($turn * 4 / (hrtime(true) - $start)));
    }
    $names = array_keys($contenders);
    for ($round = 0; $round < $rounds; ++$round) {
        shuffle($names);
        foreach ($names as $name) {
            $samples[$name][] = $contenders[$name]($loops[$name]);
        }
    }
    return $samples;
}
