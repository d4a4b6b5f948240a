--TEST--
A wrong workers file is read again at most every 5 s, and then is as good as any
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/config-read_again_after_5_s/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers([]);
file_put_contents(temp_path('workers.ini'), "[w]\nnonsense = 1\n");
attempt(fn () => BgWorkers\get_vars('w'));
workers(['w' => 'BgWorkers\set_vars(["fine"]); live();']);
attempt(fn () => BgWorkers\get_vars('w'));
$start = microtime(true);
wait_until(function () {
    try {
        return BgWorkers\get_vars('w') === ['fine'];
    } catch (RuntimeException) {
        return false;
    }
}, 20);
var_dump(microtime(true) - $start > 3);
?>
--EXPECT--
RuntimeException: {tmp}/workers.ini:2: unknown key "nonsense"
RuntimeException: {tmp}/workers.ini:2: unknown key "nonsense"
bool(true)
