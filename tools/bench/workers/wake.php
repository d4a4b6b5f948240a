<?php
// Publishes when its reader has been blocked for 2 ms.
usleep(2000);
BgWorkers\set_vars(['at' => hrtime(true)]);
BgWorkers\should_stop(INF);
