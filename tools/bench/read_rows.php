<?php
// The rows about reading: again and again in a request, the first time in one, many names at once.

const REQUESTS = 600;       // per size, for the first call of a request

function entries_of(int $size): string
{
    return number_format($size) . ($size === 1 ? ' entry' : ' entries');
}

/** @return list<Row> */
function rows_of_reads(
    string $group,
    array $samples_by_size,
    float $include_target,
    ?float $method_target = null,
): array
{
    $rows = $ours = [];
    foreach ($samples_by_size as $size => $samples) {
        $ours[$size] = new Measured($samples['get_vars']);
        $targets =
            ['include under OPcache' => $include_target, 'apcu_fetch' => null, 'static method' => $method_target];
        foreach ($targets as $peer => $target) {
            $rows[] = new Row($group, entries_of($size), $ours[$size], $peer, new Measured($samples[$peer]), $target);
        }
    }
    $rows[] = new Row($group, entries_of(max(SIZES)), $ours[max(SIZES)], 'get_vars of ' . entries_of(1), $ours[1], 1.1);
    return $rows;
}

/** @return list<Row> */
function read_rows(Bench $bench): array
{
    progress('arrays of 1 to 10,000 entries, read again and again in a request');
    foreach (SIZES as $size) {
        $bench->ask('prepare', ['size' => $size])['equal']
            || $bench->fail("the contenders do not hold the same $size entries, or not in OPcache");
    }
    $again = $first = [];
    for ($part = 0; $part < 3; ++$part) {
        foreach (SIZES as $size) {
            $samples = $bench->ask('again', ['size' => $size, 'rounds' => intdiv(ROUNDS, 3)]);
            $again[$size] = array_merge_recursive($again[$size] ?? [], $samples);
        }
    }

    // In another order each time: a request of many entries leaves the next one cold caches.
    progress(REQUESTS * count(SIZES) . ' requests, the first call in each');
    for ($request = 0; $request < REQUESTS; ++$request) {
        $sizes = SIZES;
        shuffle($sizes);
        foreach ($sizes as $size) {
            foreach ($bench->ask('first', ['size' => $size]) as $contender => [$ns]) {
                $first[$size][$contender][] = $ns;
            }
        }
    }
    ksort($first);

    $list = $bench->ask('list', ['rounds' => ROUNDS]);
    $has_frameless_calls = PHP_VERSION_ID >= 80400;
    return [
        ...rows_of_reads('get_vars again in a request', $again, $has_frameless_calls ? 0.45 : 0.35,
            $has_frameless_calls ? 1.0 : null),
        ...rows_of_reads('the first get_vars of a request', $first, 1.5),
        new Row('get_vars of ten names', 'as an array', new Measured($list['list']),
            'an array of ten calls', new Measured($list['singles']), 0.8),
        ...instructions_of_reads($bench),
    ];
}

/** @return list<Row> */
function instructions_of_reads(Bench $bench): array
{
    progress('instructions of a read, by callgrind');
    $rows = [];
    $peers = ['static method', 'include under OPcache', 'apcu_fetch'];
    foreach (['without JIT' => 'disable', 'tracing JIT' => 'tracing'] as $how => $jit) {
        $count = fn (string $contender): Measured => new Measured([instructions($bench, 'instructions.php', $contender,
            $contender === 'apcu_fetch' ? [5, 15] : [1000, 3000], $jit) / 8]);
        $ours = $count('get_vars');
        foreach ($peers as $peer) {
            $rows[] = new Row('instructions of a read of 1,000 entries', $how, $ours, $peer, $count($peer),
                $peer === 'static method' && PHP_VERSION_ID >= 80400 ? 0.7 : null, unit: 'instructions');
        }
    }
    return $rows;
}

/** @return list<Row> */
function request_rows(Bench $bench): array
{
    progress('instructions of a request that reads nothing, by callgrind');
    $plain = Bench::words(['zend_extension' => 'opcache', 'opcache.jit' => 'disable']);
    $with = [...$plain, ...Bench::words(
        ['extension' => getenv('EXTENSION'), 'bgworkers.config' => "$bench->dir/workers.ini"])];
    $group = 'instructions of a request that reads nothing';
    $count = fn (array $settings, array $inside = []): Measured
        => new Measured([request_instructions($bench, $settings, $inside)]);
    return [
        new Row($group, 'its start, in bgworkers', $count($with, ['*zm_activate_bgworkers*']),
            value_target: 100, unit: 'instructions'),
        new Row($group, 'its end, in bgworkers', $count($with, ['*zm_deactivate_bgworkers*', '*on_post_deactivate*']),
            value_target: 100, unit: 'instructions'),
        new Row($group, 'the whole of it', $count($with), 'without the extension', $count($plain), 1.005,
            unit: 'instructions'),
    ];
}

/** @return list<Row> */
function concurrent_rows(Bench $bench): array
{
    progress('reads on 1 and on 2 threads beside 1,000 publications a second');
    $samples = $bench->ask('threads', ['rounds' => 7]);
    return [new Row('a read beside 1,000 publications a second', 'on each of 2 threads',
        new Measured($samples['together']), 'on 1 thread', new Measured($samples['alone']), round(1 / 0.9, 2),
        note: sprintf('%.0f publications a second were made', $samples['publications a second'][0]))];
}
