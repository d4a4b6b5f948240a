<?php
// data-N: publishes the array that the peers hold.
BgWorkers\set_vars(include dirname(__DIR__) . "/$argv[1].php");
BgWorkers\should_stop(INF);
