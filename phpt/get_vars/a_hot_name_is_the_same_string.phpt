--TEST--
A read finds what its own name stands for, whatever lay at that address before
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/get_vars-a_hot_name_is_the_same_string/workers.ini
bgworkers.log_level=error
bgworkers.max_threads=64
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
$workers = ['index' => 'BgWorkers\set_vars(["names" => ["w1", "w2", "w3"]]); live();'];
for ($i = 0; $i < 20; ++$i) {
    $workers["w$i"] = "BgWorkers\\set_vars(['is' => $i]); live();";
}
workers($workers);
for ($round = 0; $round < 50; ++$round) {
    for ($i = 0; $i < 20; ++$i) {
        $name = 'w' . $i;  // freed each time, and the next one takes its place
        BgWorkers\get_vars($name)['is'] === $i || print("wrong for a variable\n");
        eval("BgWorkers\\get_vars('w$i')['is'] === $i || print('wrong for a literal');");
    }
    // Strings of a snapshot count as interned; a script that reads many versions gets copies of them.
    foreach (BgWorkers\get_vars('index')['names'] as $name) {
        BgWorkers\get_vars($name)['is'] === (int) substr($name, 1) || print("wrong for a published name\n");
    }
}
echo "done\n";
?>
--EXPECT--
done
