<?php
// Peers that run in processes of their own, at a placement: floors in C++, ext-parallel, a queue in Redis.

/** @return list<float> nanoseconds that one of our programs in C++ has measured */
function floor_of(Bench $bench, string $program, string $cpus, int $rounds): array
{
    return json_decode($bench->said_on($cpus, [$bench->compiled($program), (string) $rounds]))
        ?? $bench->fail("$program tells no times");
}

/** @return list<float>|null nanoseconds; null where there is no ext-parallel. See parallel.php */
function parallel_of(Bench $bench, string $cpus, string $what, int $rounds, string ...$more): ?array
{
    if (!getenv('PARALLEL')) {
        return null;
    }
    $told = $bench->said_on($cpus, [getenv('PHP'), '-n', ...$bench->plain_settings, '-d', 'opcache.enable_cli=1',
        '-d', 'apc.enable_cli=1', '-d', 'extension=' . getenv('PARALLEL'), "$bench->dir/parallel.php", $what,
        (string) $rounds, ...$more]);
    return json_decode($told) ?? $bench->fail("ext-parallel tells no times: $told");
}

/** @return list<float>|null nanoseconds a task, of so many in flight; null without Redis's client. */
function redis_of(Bench $bench, string $cpus, int $turns, int $tasks): ?array
{
    if (!getenv('REDIS_MODULE')) {
        return null;
    }
    $socket = "$bench->dir/redis.sock";
    $log = "$bench->dir/redis.log";
    $server = $bench->run_beside(['taskset', '-c', $cpus, 'redis-server', '--port', '0', '--unixsocket', $socket,
        '--save', '', '--dir', $bench->dir], $log);
    for ($wait = 0; !file_exists($socket); ++$wait) {
        $wait < 500 || $bench->fail('Redis does not start: ' . file_get_contents($log));
        usleep(10000);
    }
    $php = [getenv('PHP'), '-n', '-d', 'extension=' . getenv('REDIS_MODULE'), "$bench->dir/redis_queue.php", $socket];
    $worker = $bench->run_beside(['taskset', '-c', $cpus, ...$php, 'work'], $log);
    $told = $bench->said_on($cpus, [...$php, 'send', (string) $turns, (string) $tasks]);
    $bench->end($worker, SIGKILL);
    $bench->end($server, SIGKILL);
    @unlink($socket);
    return json_decode($told) ?? $bench->fail("Redis tells no times: $told");
}
