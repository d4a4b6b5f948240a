<?php
// Takes tasks and ends them, or its run, in the way that each of them asks for. With LOOP in the environment it is an
// event loop that has several of them open.

use BgWorkers\ReceivedTask;
use function BgWorkers\{get_task_handle, get_worker_handle, receive_task, should_stop};

require_once __DIR__ . '/checksum.php';

function work(ReceivedTask $task): void
{
    global $received;
    ['number' => $number, 'how' => $how, 'items' => $items, 'sum' => $sum] = $task->payload;
    fwrite($received, pack('P', $number));    // so that one which comes twice is seen
    $answer = ['number' => $number, 'sum' => checksum($items), 'whole' => checksum($items) === $sum];
    switch ($how) {
        case 'finish': $task->finish($answer); break;
        case 'fail': $task->fail(new DomainException("number $number")); break;
        case 'drop': break;
        case 'updates':
            try {
                for ($i = 0; $i < 20; ++$i) {
                    $task->update(['number' => $number, 'update' => $i]);
                }
            } catch (RuntimeException) {        // the reader waits for us meanwhile
            }
            $task->finish($answer);
            break;
        case 'late':
            for ($end = hrtime(true) + 1_000_000_000; !$task->isCancelled() && hrtime(true) < $end;) {
                usleep(1000);
            }
            $task->finish($answer);
            break;
        case 'spin': while (true) {
        }
        case 'exit': exit(random_int(0, 1));
        case 'throw': throw new RuntimeException("number $number");
        case 'memory': ini_set('memory_limit', '2M'); str_repeat('x', 64 << 20);
        case 'undefined': undefined_function();
    }
}

$received = fopen(__DIR__ . '/received-' . $_SERVER['BGWORKERS_NAME'], 'a');
stream_set_write_buffer($received, 0);
if (!getenv('LOOP')) {
    while ($task = receive_task()) {
        work($task);
    }
    return;
}

$tasks = get_task_handle();
$stop = get_worker_handle();
$open = [];
while (!feof($stop)) {
    $read = [$tasks, $stop];
    $none = null;
    stream_select($read, $none, $none, 1, 0);
    while (count($open) < 4 && $task = receive_task(0)) {
        $open[] = $task;
    }
    shuffle($open);
    while ($open && (count($open) > 2 || random_int(0, 1))) {
        work(array_pop($open));
        $task = null;
    }
}
