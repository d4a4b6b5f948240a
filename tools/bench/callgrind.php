<?php
// Instructions, by callgrind: a busy machine does not change them.

/** The count in what callgrind has said. */
function collected(Bench $bench, string $told): int
{
    return preg_match('/Collected : (\d+)/', $told, $match) ? (int) $match[1]
        : $bench->fail("callgrind counts nothing: $told");
}

/**
 * What a request costs that reads nothing, in a php -S of its own, which tells of no request (how it prints the time
 * depends on the time): the difference of many and few requests. `$inside` names functions: their instructions alone.
 */
function request_instructions(Bench $bench, array $settings, array $inside = []): float
{
    $few = 10;
    $many = 110;
    $counts = [];
    foreach ([$few, $many] as $requests) {
        $log = "$bench->dir/counted.log";
        file_put_contents($log, '');
        $process = $bench->run_beside(['valgrind', '--tool=callgrind', '--callgrind-out-file=/dev/null',
            ...array_map(fn ($name) => "--toggle-collect=$name", $inside),
            getenv('PHP'), '-n', '-q', ...$settings, '-S', '127.0.0.1:0', "$bench->dir/nothing.php"], $log);
        $url = $bench->address_in($log);
        $patient = stream_context_create(['http' => ['timeout' => 60]]);
        for ($i = 0; $i < $requests; ++$i) {
            @file_get_contents($url, false, $patient) === '.' || $bench->fail('a request that reads nothing fails');
        }
        $bench->end($process, SIGINT);
        $counts[] = collected($bench, file_get_contents($log));
    }
    return ($counts[1] - $counts[0]) / ($many - $few);
}

/** What a script's loop costs in a PHP of its own: the difference of a long and a short loop. */
function instructions(Bench $bench, string $script, string $contender, array $rounds, string $jit = 'disable'): float
{
    $counts = [];
    foreach ($rounds as $count) {
        $log = "$bench->dir/counted.log";
        file_put_contents($log, '');
        $process = $bench->run_beside(['valgrind', '--tool=callgrind', '--callgrind-out-file=/dev/null', getenv('PHP'),
            '-n', ...$bench->settings, '-d', 'opcache.enable_cli=1', '-d', 'apc.enable_cli=1',
            '-d', 'opcache.jit_buffer_size=64M', '-d', "opcache.jit=$jit",
            "$bench->dir/$script", $contender, (string) $count], $log);
        $bench->end($process) === 0 || $bench->fail("$contender fails under callgrind: " . file_get_contents($log));
        $counts[] = collected($bench, file_get_contents($log));
    }
    return ($counts[1] - $counts[0]) / ($rounds[1] - $rounds[0]);
}
