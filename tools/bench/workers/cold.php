<?php
BgWorkers\set_vars(['ready' => true]);
BgWorkers\should_stop(INF);
