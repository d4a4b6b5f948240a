<?php
// Waits until the worker that was started with this script has published a second time.

$deadline = hrtime(true) + 30e9;
do {
    if ((BgWorkers\status()['publisher']['version'] ?? 0) > 1) {
        exit(0);
    }
    usleep(1000);
} while (hrtime(true) < $deadline);
exit(1);
