<?php
// Takes what it gets.
while ($task = BgWorkers\receive_task()) {
    $task->finish();
}
