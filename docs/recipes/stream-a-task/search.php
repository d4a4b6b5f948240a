<?php
// One task, streamed as server-sent events: a "match" for each update, in the end "done" or "failed".

use BgWorkers\{TaskException, TimeoutException};

$task = BgWorkers\send_task('search', ['word' => $_GET['word'] ?? ''], timeout: 300);
register_shutdown_function($task->cancel(...));     // however this script ends; a task that has ended does not mind

header('Content-Type: text/event-stream');
header('Cache-Control: no-store');
header('X-Accel-Buffering: no');
while (ob_get_level() > 0) {
    ob_end_flush();
}

/** Waits while the browser does not read; ends the script if it has gone away. */
function send(string $text): void
{
    echo $text, "\n\n";
    flush();
}

function event(string $name, array $data): string
{
    return "event: $name\ndata: " . json_encode($data, JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE);
}

for (;;) {
    try {
        $update = $task->read(2.0);
        if ($update === null) {
            send(event('done', $task->await()));
            break;
        }
        send(event('match', $update));
    } catch (TimeoutException $e) {
        if ($task->isDone()) {                      // the 300 s are over
            send(event('failed', ['why' => $e->getMessage()]));
            break;
        }
        send(': nothing new');
    } catch (TaskException $e) {
        error_log($e->getMessage());
        send(event('failed', ['why' => 'the search failed']));
        break;
    }
}
