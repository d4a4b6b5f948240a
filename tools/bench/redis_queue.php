<?php
// A queue in Redis, as LPUSH and BRPOP make one: one process sends, another works.
//
// usage: redis_queue.php SOCKET work | redis_queue.php SOCKET send TURNS TASKS. Prints nanoseconds a task, as JSON.

const MOST_NANOSECONDS = 5_000_000_000;

[, $socket, $what] = $argv;
$redis = new Redis();
$redis->connect($socket);
$redis->setOption(Redis::OPT_READ_TIMEOUT, -1);

if ($what === 'work') {
    while (true) {
        $redis->lPush('back', $redis->brPop(['there'], 0)[1]);
    }
}

$payload = ['text' => str_repeat('x', 1000)];
$samples = [];
$end = hrtime(true) + MOST_NANOSECONDS;
for ($turn = -1; $turn < (int) $argv[3] && ($turn < 3 || hrtime(true) < $end); ++$turn) {
    $open = 0;
    $start = hrtime(true);
    for ($i = 0; $i < 500; ++$i) {
        $redis->lPush('there', serialize($payload));
        if (++$open === (int) $argv[4]) {
            unserialize($redis->brPop(['back'], 0)[1]);
            --$open;
        }
    }
    for (; $open > 0; --$open) {
        unserialize($redis->brPop(['back'], 0)[1]);
    }
    $samples[$turn] = (hrtime(true) - $start) / 500;
}
echo json_encode(array_slice($samples, 1)), "\n";
