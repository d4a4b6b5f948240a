<?php
require __DIR__ . '/data.php';
BgWorkers\set_vars(entries(24000));
while (!BgWorkers\should_stop(3600)) {
}
