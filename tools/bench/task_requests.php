<?php
// What the requests of the benchmark do with tasks. Returns rows of server.php; $get is there.

use function BgWorkers\{post_task, send_task, status};

const MOST_NANOSECONDS = 5_000_000_000;     // for a row, where the machine has other work

/** CPU time of the threads of all workers with such a name, in nanoseconds. */
function cpu_time(string $prefix): int
{
    $sum = 0;
    foreach (glob('/proc/self/task/*') as $thread) {
        if (str_starts_with(file_get_contents("$thread/comm"), "bgw:$prefix")) {
            $sum += (int) file_get_contents("$thread/schedstat");
        }
    }
    return $sum;
}

function all_done(string $worker): void
{
    while (status()[$worker]['queued'] + status()[$worker]['tasks']['running'] > 0) {
        usleep(200);
    }
}

return [
    // One after the other, 1 KB there and back.
    'round_trips' => function () use ($get) {
        $payload = ['text' => str_repeat('x', 1000)];
        $samples = [];
        $end = hrtime(true) + MOST_NANOSECONDS;
        for ($i = -100; $i < $get('rounds') && ($i < 100 || hrtime(true) < $end); ++$i) {
            $start = hrtime(true);
            $back = send_task('echo', $payload)->await();
            $samples[$i] = hrtime(true) - $start;
        }
        return ['round_trips' => array_slice($samples, 100)];
    },
    // So many on their way at any moment.
    'in_flight' => function () use ($get) {
        $payload = ['text' => str_repeat('x', 1000)];
        $samples = [];
        $end = hrtime(true) + MOST_NANOSECONDS;
        for ($turn = 0; $turn < $get('rounds') && ($turn < 3 || hrtime(true) < $end); ++$turn) {
            $open = [];
            $start = hrtime(true);
            for ($i = 0; $i < 500; ++$i) {
                $open[] = send_task('echo', $payload);
                if (count($open) === $get('tasks')) {
                    array_shift($open)->await();
                }
            }
            BgWorkers\await_tasks($open);
            $samples[] = (hrtime(true) - $start) / 500;
        }
        return ['in_flight' => $samples];
    },
    'payload' => function () use ($get) {
        $data = entries($get('entries'));
        return ['bytes' => [strlen(serialize($data))]] + interleave([
            'task' => function (int $rounds) use ($data): float {
                $start = hrtime(true);
                for ($i = 0; $i < $rounds; ++$i) {
                    send_task('take', $data)->await();
                }
                return (hrtime(true) - $start) / $rounds;
            },
            'serialize' => function (int $rounds) use ($data): float {
                $start = hrtime(true);
                for ($i = 0; $i < $rounds; ++$i) {
                    unserialize(serialize($data));
                }
                return (hrtime(true) - $start) / $rounds;
            },
        ], $get('rounds'), 1e7);
    },
    // To a worker that is busy, and to one that waits and has to be woken. Tasks that wait lie in memory side by side;
    // what is stored under one key lies where the one before it lay.
    'post' => function () use ($get) {
        $data = entries(10);
        $keys = array_map(fn ($i) => "posted-$i", range(0, 199));
        send_task('hold')->await();
        send_task('take')->await();
        $samples = [];
        $end = hrtime(true) + MOST_NANOSECONDS;
        for ($turn = 0; $turn < $get('rounds') && ($turn < 3 || hrtime(true) < $end); ++$turn) {
            apcu_store('hold', true);
            post_task('hold', ['hold' => 'a while']);
            while (status()['hold']['queued'] > 0) {
                usleep(200);
            }
            $start = hrtime(true);
            for ($i = 0; $i < 200; ++$i) {
                post_task('hold', $data);
            }
            $samples['busy'][] = (hrtime(true) - $start) / 200;
            apcu_store('hold', false);
            all_done('hold');
            $start = hrtime(true);
            for ($i = 0; $i < 200; ++$i) {
                apcu_store('posted', $data);
            }
            $samples['apcu_store'][] = (hrtime(true) - $start) / 200;
            $start = hrtime(true);
            for ($i = 0; $i < 200; ++$i) {
                apcu_store($keys[$i], $data);
            }
            $samples['apcu_store, a key each'][] = (hrtime(true) - $start) / 200;
            for ($i = 0; $i < 10; ++$i) {
                usleep(500);
                $start = hrtime(true);
                post_task('take', $data);
                $samples['idle'][] = hrtime(true) - $start;
                all_done('take');
            }
        }
        return $samples;
    },
    // CPU time that workers take while they wait in receive_task(), for each second.
    'idle' => function () use ($get) {
        for ($i = 1; $i <= $get('workers'); ++$i) {
            send_task("idle-$i")->await();
        }
        sleep(2);
        $samples = [];
        for ($turn = 0; $turn < $get('rounds'); ++$turn) {
            $used = cpu_time('idle-');
            $start = hrtime(true);
            sleep(1);
            $samples[] = (cpu_time('idle-') - $used) / (hrtime(true) - $start) * 1e9;
        }
        return ['idle' => $samples];
    },
];
