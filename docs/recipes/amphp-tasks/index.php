<?php
$tasks = [];
foreach (['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'] as $word) {
    $tasks[$word] = BgWorkers\send_task('ask', ['word' => $word], timeout: 10);
}
foreach (BgWorkers\await_tasks($tasks) as $word => ['answer' => $answer]) {
    echo "$word: $answer\n";
}
