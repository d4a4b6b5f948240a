--TEST--
An empty array is a publication
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/set_vars-values-empty_array_makes_ready/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../../helpers.inc';
workers(['w' => 'BgWorkers\set_vars([]); live();']);
var_dump(BgWorkers\get_vars('w'), BgWorkers\status()['w']['ready']);
?>
--EXPECT--
array(0) {
}
bool(true)
