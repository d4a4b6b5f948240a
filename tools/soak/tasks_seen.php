<?php
// What the main script of the soak asks about tasks.

use BgWorkers\TimeoutException;
use function BgWorkers\{get_vars, send_task, status};

const TASK_WORKERS = ['tasks-1', 'tasks-2', 'tasks-3'];
const OUTCOMES = ['done', 'failed', 'aborted', 'cancelled', 'expired', 'dropped', 'rejected'];

function task_workers(): array
{
    return array_intersect_key(status(), array_flip(TASK_WORKERS));
}

/** Workers of which not every task that was sent is counted once. */
function miscounted(): array
{
    $told = [];
    foreach (task_workers() as $name => ['tasks' => $tasks, 'queued' => $queued]) {
        if ($tasks['sent'] !== $queued + array_sum($tasks) - $tasks['sent']) {
            $told[] = "$name: " . json_encode($tasks) . ", queued $queued";
        }
    }
    return $told;
}

/** Lets the senders end what they have under way. Returns what is wrong then. */
function settle_tasks(float $seconds): array
{
    ini_set('memory_limit', '-1');
    touch(__DIR__ . '/enough');
    $end = microtime(true) + $seconds;
    do {
        usleep(50000);
        $left = 0;
        foreach (task_workers() as ['tasks' => $tasks, 'queued' => $queued]) {
            $left += $queued + $tasks['running'];
        }
        $sender = get_vars('sender-1');
    } while (($left > 0 || !$sender['enough'] || $sender['open'] > 0) && microtime(true) < $end);
    $wrong = miscounted();
    if ($left > 0 || $sender['open'] > 0) {
        $wrong[] = "$left tasks and $sender[open] of the first sender have not ended";
    }
    foreach ($sender['seen'] as $name => $seen) {
        $counted = status()[$name]['tasks'];
        // What it has posted or dropped has ended in one way or another.
        $unseen = 0;
        foreach (OUTCOMES as $outcome) {
            $more = $counted[$outcome] - ($seen[$outcome] ?? 0);
            $unseen += $more;
            if ($more < 0) {
                $wrong[] = "$name: the sender saw {$seen[$outcome]} that are $outcome, status() $counted[$outcome]";
            }
        }
        if ($counted['sent'] !== $seen['sent'] || $unseen !== $seen['unseen'] || $seen['wrong'] > 0) {
            $wrong[] = "$name: the sender saw " . json_encode($seen) . ', status() ' . json_encode($counted);
        }
    }
    foreach (TASK_WORKERS as $name) {
        $received = unpack('P*', file_get_contents(__DIR__ . "/received-$name"));
        if (count(array_flip($received)) < count($received)) {
            $wrong[] = "$name: a task was received twice";
        }
        $counted = status()[$name]['tasks'];
        $fewest = $counted['done'] + $counted['failed'];
        if (count($received) < $fewest || count($received) > $counted['sent'] - $counted['rejected']) {
            $wrong[] = "$name: " . count($received) . ' were received, of ' . json_encode($counted);
        }
    }
    return $wrong;
}

/** Does the memory of tasks count what is not there any more? Then one that needs nearly all of it finds no room. */
function memory_of_tasks_is_counted_right(): bool
{
    $limit = ini_parse_quantity(ini_get('bgworkers.task_memory'));
    $payload = ['number' => -1, 'how' => 'finish', 'items' => array_fill(0, intdiv($limit, 18), 1), 'sum' => ''];
    try {
        send_task('tasks-3', $payload, 5.0);
        return true;
    } catch (TimeoutException $e) {
        fprintf(STDERR, "wrong: %s\n", $e->getMessage());
        return false;
    }
}

/** Of all workers: how many were sent, and how they ended. */
function task_totals(): array
{
    $totals = [];
    foreach (task_workers() as ['tasks' => $tasks]) {
        foreach ($tasks as $what => $count) {
            $totals[$what] = ($totals[$what] ?? 0) + $count;
        }
    }
    return $totals;
}
