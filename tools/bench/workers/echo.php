<?php
// Sends back what it gets.
while ($task = BgWorkers\receive_task()) {
    $task->finish($task->payload);
}
