<?php
// Searches the documents for a word, and tells each match at once.

use function BgWorkers\receive_task;

while ($task = receive_task()) {
    $matches = $searched = 0;
    foreach (glob(__DIR__ . '/documents/*.txt') as $document) {
        if ($task->isCancelled()) {
            break;
        }
        foreach (file($document, FILE_IGNORE_NEW_LINES) as $number => $line) {
            if (stripos($line, $task->payload['word']) !== false) {
                $task->update(['document' => basename($document), 'line' => $number + 1, 'text' => $line]);
                ++$matches;
            }
        }
        ++$searched;
    }
    if ($task->isCancelled()) {
        error_log("given up after $searched documents");
    }
    $task->finish(['matches' => $matches, 'documents' => $searched]);
}
