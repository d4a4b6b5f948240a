<?php
do {
    BgWorkers\set_vars(['at' => hrtime(true), 'pid' => getmypid()]);
} while (!BgWorkers\should_stop(0.01));
