<?php
// The rows about tasks, on one CPU and on those that the scheduler chooses: where threads run decides what waking
// costs.

const ROUND_TRIPS = 3000;
const FRANKENPHP_ROUND_TRIP = 285000;   // nanoseconds, as its authors have published it

/** @return list<Row> */
function round_trip_rows(string $cpus, string $where, Bench $bench): array
{
    $ours = $floor = $parallel = [];
    for ($part = 0; $part < 3; ++$part) {
        array_push($ours, ...$bench->ask('round_trips', ['rounds' => ROUND_TRIPS])['round_trips']);
        array_push($floor, ...floor_of($bench, 'round_trip_floor', $cpus, ROUND_TRIPS));
        array_push($parallel, ...parallel_of($bench, $cpus, 'round_trips', ROUND_TRIPS) ?? []);
    }
    $rows = [];
    foreach (['p50' => 0.5, 'p99' => 0.99] as $name => $q) {
        $measured = new Measured($ours, $q);
        $is_median = $q === 0.5;
        $row = fn (string $peer, Measured $theirs, ?float $target): Row
            => new Row('a task of 1 KB there and back', "$name, $where", $measured, $peer, $theirs, $target);
        $rows[] = $row('two threads, condition variable', new Measured($floor, $q), $is_median ? 1.5 : null);
        if ($parallel !== []) {
            $rows[] = $row("ext-parallel's channels", new Measured($parallel, $q), $is_median ? 1.0 : null);
        }
        if ($is_median) {
            $rows[] = $row('FrankenPHP, as published', new Measured([FRANKENPHP_ROUND_TRIP]),
                $where === 'one CPU' ? 0.2 : 0.5);
        }
    }
    return $rows;
}

/** @return list<Row> */
function throughput_rows(string $cpus, string $where, Bench $bench): array
{
    $rows = [];
    $targets = ["ext-parallel's futures" => 1.0, "ext-parallel's channels" => null, 'Redis, LPUSH and BRPOP' => 0.33];
    foreach ([1, 4, 16] as $tasks) {
        $ours = $theirs = [];
        for ($part = 0; $part < 4; ++$part) {
            $rounds = intdiv(ROUNDS, 4);
            array_push($ours, ...$bench->ask('in_flight', ['tasks' => $tasks, 'rounds' => $rounds])['in_flight']);
            foreach (array_filter([
                "ext-parallel's futures" => parallel_of($bench, $cpus, 'tasks', $rounds, (string) $tasks),
                "ext-parallel's channels" => parallel_of($bench, $cpus, 'messages', $rounds, (string) $tasks),
                'Redis, LPUSH and BRPOP' => redis_of($bench, $cpus, $rounds, $tasks),
            ]) as $peer => $samples) {
                $theirs[$peer] = [...$theirs[$peer] ?? [], ...$samples];
            }
        }
        $each = new Measured($ours);
        $note = number_format(1e9 / $each->median) . ' a second';
        foreach ($theirs as $peer => $samples) {
            $note .= '; ' . number_format(1e9 / quantile($samples, 0.5)) . " $peer";
        }
        $group = 'each of many tasks, 1 KB there and back';
        if ($theirs === []) {
            $rows[] = new Row($group, "$tasks in flight, $where", $each, note: $note);
        }
        foreach ($theirs as $peer => $samples) {
            $rows[] = new Row($group, "$tasks in flight, $where", $each, $peer, new Measured($samples),
                $targets[$peer], note: $peer === array_key_last($theirs) ? $note : '');
        }
    }
    return $rows;
}

/** @return list<Row> */
function payload_rows(string $where, Bench $bench): array
{
    $rows = [];
    foreach (['64 KB' => 500, '1 MB' => 7500] as $size => $entries) {
        $samples = $bench->ask('payload', ['entries' => $entries, 'rounds' => ROUNDS]);
        $rows[] = new Row('a task with a payload, its answer empty', "$size, $where", new Measured($samples['task']),
            'serialize + unserialize', new Measured($samples['serialize']), 1.0,
            note: number_format($entries) . ' entries, serialized ' . scaled($samples['bytes'][0], 'B'));
    }
    $samples = array_map(fn ($s) => new Measured($s), $bench->ask('post', ['rounds' => ROUNDS]));
    foreach ([['busy', 'apcu_store', 1.0], ['busy', 'apcu_store, a key each', null], ['idle', 'apcu_store', null]]
        as [$worker, $peer, $target]) {
        $rows[] = new Row('post_task of 10 entries', "to a worker: $worker, $where", $samples[$worker], $peer,
            $samples[$peer], $target);
    }
    return $rows;
}

/** Of both threads together. @return list<Row> */
function task_instructions(Bench $bench): array
{
    $count = fn (string $what, int $rounds): Measured
        => new Measured([instructions($bench, 'task_instructions.php', $what, [$rounds, 3 * $rounds])]);
    $group = 'instructions of a task';
    return [
        new Row($group, '1 KB there and back', $count('echo', 200), unit: 'instructions'),
        new Row($group, '500 entries, 64 KB', $count('payload', 20), 'serialize + unserialize', $count('serialize', 20),
            1.0, unit: 'instructions'),
        new Row($group, 'post_task of 10 entries', $count('post', 200), 'apcu_store', $count('apcu_store', 200), 1.0,
            unit: 'instructions'),
    ];
}

/** @return list<Row> */
function task_rows(Bench $bench): array
{
    progress('tasks, on one CPU and on those that the scheduler chooses');
    $rows = [];
    foreach ($bench->placements() as $where => $cpus) {
        $bench->place($cpus);
        array_push($rows, ...round_trip_rows($cpus, $where, $bench));
        array_push($rows, ...throughput_rows($cpus, $where, $bench));
        array_push($rows, ...payload_rows($where, $bench));
    }
    $idle = $bench->ask('idle', ['rounds' => 10, 'workers' => IDLE_WORKERS])['idle'];
    $rows[] = new Row(IDLE_WORKERS . ' workers that wait for tasks', 'CPU time in a second', new Measured($idle),
        value_target: 1e6);
    return [...$rows, ...task_instructions($bench)];
}
