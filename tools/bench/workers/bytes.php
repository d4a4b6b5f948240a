<?php
// The same array, as PHP holds it and as a snapshot.

require dirname(__DIR__) . '/data.php';

entries(1);
$before = memory_get_usage();
$array = entries(1000);
apcu_store('memory of the array', memory_get_usage() - $before);
BgWorkers\set_vars($array);
BgWorkers\should_stop(INF);
