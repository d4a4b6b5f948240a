--TEST--
Unchanged, calls return one instance; what a reader does to it reaches nobody else
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/get_vars-identity_and_isolation/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => 'BgWorkers\set_vars(["list" => range(1, 5), "sub" => ["k" => "v"]]); live();',
    'other' => 'BgWorkers\set_vars(BgWorkers\get_vars("w")); live();']);
use function BgWorkers\get_vars;
$mine = get_vars('w');
$mine['list'][] = 6;
$mine['sub']['k'] = 'changed';
unset($mine['list'][0]);
$ref = &$mine['sub'];
$ref['new'] = 1;
sort($mine['list']);
echo json_encode(get_vars('w')), "\n", json_encode($mine), "\n";
var_dump(get_vars('w') === get_vars('other'));
$before = memory_get_usage();
$all = [];
for ($i = 0; $i < 1000; ++$i) {
    $all[] = get_vars('w');
}
var_dump(memory_get_usage() - $before < 100000);
?>
--EXPECT--
{"list":[1,2,3,4,5],"sub":{"k":"v"}}
{"list":[2,3,4,5,6],"sub":{"k":"changed","new":1}}
bool(true)
bool(true)
