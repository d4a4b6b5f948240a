<?php
// The rows about waking a reader, at each placement, and about starting a worker.

const WAKE_PARTS = 10;      // in turns with the peers

/** @return list<Row> */
function wake_rows(Bench $bench): array
{
    progress('blocked readers, on one CPU and on those that the scheduler chooses');
    $rows = [];
    $each = intdiv(WAKES, WAKE_PARTS);
    $sample = 0;
    foreach ($bench->placements() as $where => $cpus) {
        $bench->place($cpus);
        $ours = $floor = $parallel = [];
        for ($part = 0; $part < WAKE_PARTS; ++$part) {
            for ($i = 0; $i < $each; ++$i) {
                $ours[] = $bench->ask('wake', ['sample' => ++$sample])['wake'][0];
            }
            array_push($floor, ...floor_of($bench, 'wake_floor', $cpus, $each));
            array_push($parallel, ...parallel_of($bench, $cpus, 'wake', $each) ?? []);
        }
        $group = 'from set_vars to a blocked reader';
        $measured = new Measured($ours);
        $rows[] = new Row($group, "p50, $where", $measured, 'a condition variable in C++', new Measured($floor), 1.3);
        if ($parallel !== []) {
            $rows[] = new Row($group, "p50, $where", $measured, "ext-parallel's channel", new Measured($parallel));
        }
        $rows[] = new Row($group, "p99, $where", new Measured($ours, 0.99), 'a condition variable in C++',
            new Measured($floor, 0.99));
    }
    return [...$rows, ...start_rows($bench)];
}

/** @return list<Row> */
function start_rows(Bench $bench): array
{
    progress('workers and runtimes that do not run yet');
    $cpus = $bench->placements()['any CPU'];
    $bench->place($cpus);
    $ours = $runtime = $script = [];
    for ($i = 1; $i <= COLD_STARTS; ++$i) {
        $ours[] = $bench->ask('cold', ['sample' => $i])['cold'][0];
        if ($i % 20 === 0) {
            array_push($runtime, ...parallel_of($bench, $cpus, 'start', 20) ?? []);
            array_push($script, ...parallel_of($bench, $cpus, 'start_script', 20) ?? []);
        }
    }
    $group = 'get_vars that starts its worker';
    $measured = new Measured($ours);
    $rows = [new Row($group, 'three lines of script', $measured, value_target: 5e5)];
    if ($runtime !== []) {
        $rows[] = new Row($group, 'three lines of script', $measured, "ext-parallel's new runtime",
            new Measured($runtime), 1.5);
        $rows[] = new Row($group, 'three lines of script', $measured, 'the same, with a script',
            new Measured($script));
    }
    return $rows;
}
