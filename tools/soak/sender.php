<?php
// Sends tasks of every kind, several at a time, and publishes how they ended, by worker and outcome. With DIES in the
// environment it ends at random in one of the ways that scripts end, with tasks under way.

use BgWorkers\{Task, TaskException, TimeoutException};
use function BgWorkers\{post_task, send_task, set_vars, should_stop};

require_once __DIR__ . '/checksum.php';

const AT_ONCE = 12;
// How often each way is asked for. Of the last five each ends the run of the worker.
const WAYS = ['finish' => 60000, 'updates' => 2000, 'fail' => 2000, 'drop' => 1000, 'late' => 30, 'spin' => 4,
    'exit' => 4, 'throw' => 4, 'memory' => 4, 'undefined' => 4];

function any_way(): string
{
    $at = random_int(1, array_sum(WAYS));
    foreach (WAYS as $way => $times) {
        if (($at -= $times) <= 0) {
            return $way;
        }
    }
}

/** What its sender is told of a task that has ended. */
function outcome(Task $task, int $number, string $sum): string
{
    try {
        $result = $task->await(0);
        return $result === ['number' => $number, 'sum' => $sum, 'whole' => true] ? 'done' : 'wrong';
    } catch (TaskException $e) {
        return match (true) {
            str_starts_with($e->getMessage(), 'the task was aborted') => 'aborted',
            $e->getMessage() === 'the task was cancelled' => 'cancelled',
            $e->getMessage() === 'the task was not finished', $e->getMessage() === "number $number" => 'failed',
            // Of all that were open when it left the script.
            $e->getErrorClass() === Error::class, $e->getErrorClass() === RuntimeException::class => 'failed',
            default => 'wrong',
        };
    } catch (TimeoutException) {
        return 'expired';
    }
}

$workers = explode(' ', getenv('WORKERS'));
$until = getenv('DIES') ? hrtime(true) + random_int(1, 6000) * 1_000_000 : PHP_INT_MAX;
$seen = array_fill_keys($workers, ['sent' => 0, 'unseen' => 0, 'done' => 0, 'failed' => 0, 'aborted' => 0,
    'cancelled' => 0, 'expired' => 0, 'rejected' => 0, 'wrong' => 0]);
$number = getenv('DIES') ? random_int(0, PHP_INT_MAX >> 1) : 0;
$said = 0;
$open = [];
do {
    clearstatcache();
    $enough = is_file(__DIR__ . '/enough');
    for ($i = 0; $i < 200; ++$i) {
        while (!$enough && count($open) < AT_ONCE) {
            $worker = $workers[array_rand($workers)];
            $items = array_fill(0, 1 << random_int(0, 10), ++$number);
            $sum = checksum($items);
            $payload = ['number' => $number, 'how' => any_way(), 'items' => $items, 'sum' => $sum];
            ++$seen[$worker]['sent'];
            try {
                if (random_int(0, 9) === 0) {
                    post_task($worker, $payload, 0.05);
                    ++$seen[$worker]['unseen'];
                    continue;
                }
                $task = send_task($worker, $payload, random_int(0, 99) === 0 ? random_int(0, 20) / 1000 : 2.0);
            } catch (TimeoutException) {
                ++$seen[$worker]['rejected'];
                continue;
            } catch (RuntimeException $e) {
                // Its queue is full, and all its instances wait for us to read an update. Not sent.
                str_starts_with($e->getMessage(), 'waiting would close a circle') || throw $e;
                --$seen[$worker]['sent'];
                break;
            }
            $open[] = [$task, $number, $sum, $worker];
        }
        if ($open === []) {
            break;
        }
        $at = array_rand($open);
        [$task, $its_number, $sum, $worker] = $open[$at];
        switch (random_int(0, 99)) {
            case 0: $task->cancel(); break;
            case 1: $read = [$task->getStream()]; $none = null; stream_select($read, $none, $none, 0, 5000); break;
            case 2: unset($open[$at]); ++$seen[$worker]['unseen']; continue 2;
        }
        try {
            while ($update = $task->read(0.005)) {
                $update['number'] === $its_number || ++$seen[$worker]['wrong'];
            }
        } catch (RuntimeException) {
            // It is not over, or what outcome() tells.
        }
        if ($task->isDone()) {
            ++$seen[$worker][outcome($task, $its_number, $sum)];
            unset($open[$at]);
        }
    }
    $read = $task = null;
    if ($enough || hrtime(true) - $said > 200_000_000) {
        set_vars(['seen' => $seen, 'open' => count($open), 'enough' => $enough]);
        $said = hrtime(true);
    }
} while (hrtime(true) < $until && !should_stop($enough && $open === [] ? 0.1 : 0.0));

if (getenv('DIES')) {
    switch (random_int(0, 5)) {
        case 0: exit(3);
        case 1: throw new RuntimeException('soak');
        case 2: ini_set('memory_limit', '2M'); str_repeat('x', 64 << 20);
        case 3: undefined_function();
        case 4: while (true) {
        }
    }
}
