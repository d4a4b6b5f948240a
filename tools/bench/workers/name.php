<?php
// name-N: one of ten small arrays.
BgWorkers\set_vars(['name' => $argv[1], 'on' => true]);
BgWorkers\should_stop(INF);
