<?php
// The rows about tasks, on one CPU and on those that the scheduler chooses: where threads run decides what waking
// costs.

const ROUND_TRIPS = 3000;

/**
 * Two C++ threads that wake each other: what a round trip cannot be faster than.
 *
 * @return list<int> nanoseconds of each round trip
 */
function floor_round_trips(string $program, string $cpus): array
{
    if (!is_file($program)) {
        $source = __DIR__ . '/round_trip_floor.cc';
        exec('c++ -std=c++20 -O2 -pthread -o ' . escapeshellarg($program) . ' ' . escapeshellarg($source),
            result_code: $status);
        $status === 0 || fail('round_trip_floor.cc does not compile');
    }
    $told = shell_exec("taskset -c $cpus " . escapeshellarg($program) . ' ' . ROUND_TRIPS);
    return json_decode((string) $told) ?? fail('the floor cannot be measured');
}

/** @return list<Row> */
function task_rows_on(string $cpus, string $where, callable $ask, int $pid, string $dir): array
{
    exec("taskset -acp $cpus $pid");
    $ours = $floor = $rows = [];
    for ($part = 0; $part < 3; ++$part) {
        array_push($ours, ...$ask('round_trips', ['rounds' => ROUND_TRIPS])['round_trips']);
        array_push($floor, ...floor_round_trips("$dir/floor", $cpus));
    }
    foreach (['p50' => 0.5, 'p99' => 0.99] as $name => $q) {
        $rows[] = new Row('a task of 1 KB there and back', "$name, $where", new Measured($ours, $q),
            'two threads, condition variable', new Measured($floor, $q), $q === 0.5 ? 1.5 : null);
    }
    foreach ([1, 4, 16] as $tasks) {
        $each = new Measured($ask('in_flight', ['tasks' => $tasks, 'rounds' => ROUNDS])['in_flight']);
        $rows[] = new Row('each of many tasks, 1 KB there and back', "$tasks in flight, $where", $each,
            note: number_format(1e9 / $each->median) . ' a second');
    }
    foreach (['64 KB' => 500, '1 MB' => 7500] as $size => $entries) {
        $samples = $ask('payload', ['entries' => $entries, 'rounds' => ROUNDS]);
        $rows[] = new Row('a task with a payload, its answer empty', "$size, $where", new Measured($samples['task']),
            'serialize + unserialize', new Measured($samples['serialize']), 1.0,
            note: number_format($entries) . ' entries, serialized ' . scaled($samples['bytes'][0], 'B'));
    }
    $samples = array_map(fn ($s) => new Measured($s), $ask('post', ['rounds' => ROUNDS]));
    $rows[] = new Row('post_task of 10 entries', "to a busy worker, $where", $samples['busy'],
        'apcu_store', $samples['apcu_store'], 1.0);
    $rows[] = new Row('post_task of 10 entries', "to an idle worker, $where", $samples['idle'],
        'apcu_store', $samples['apcu_store'], 1.0);
    return $rows;
}

/** Of both threads together; a busy machine does not change them. @return list<Row> */
function task_instructions(): array
{
    $count = fn (string $what, int $rounds): Measured
        => new Measured([instructions('task_instructions.php', $what, [$rounds, 3 * $rounds], 'disable')]);
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
function task_rows(callable $ask, int $pid, string $dir): array
{
    $cpus = trim(explode(':', (string) shell_exec("taskset -cp $pid"))[1] ?? '') ?: fail('taskset tells no CPUs');
    $rows = task_rows_on(preg_replace('/\D.*/', '', $cpus), 'one CPU', $ask, $pid, $dir);
    array_push($rows, ...task_rows_on($cpus, 'any CPU', $ask, $pid, $dir));
    $idle = $ask('idle', ['rounds' => 10, 'workers' => IDLE_WORKERS])['idle'];
    $rows[] = new Row(IDLE_WORKERS . ' workers that wait for tasks', 'CPU time in a second', new Measured($idle),
        value_target: 1e6);
    return [...$rows, ...task_instructions()];
}
