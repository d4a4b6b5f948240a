<?php
// Takes what it gets; a task that says so keeps it busy, for a while or to the end.
while ($task = BgWorkers\receive_task()) {
    if (($task->payload['hold'] ?? '') === 'for ever') {
        BgWorkers\should_stop(INF);
        return;     // what is queued is dropped
    }
    while (isset($task->payload['hold']) && apcu_fetch('hold')) {
        usleep(5000);
    }
    $task->finish();
}
