--TEST--
Per reader and name a snapshot never goes back and is always whole, however fast it is published
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/never_goes_back_and_is_always_whole.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};
require __DIR__ . '/../helpers.inc';

if (in_worker('fast') || in_worker('pool')) {
    for ($i = 1; !should_stop(); ++$i) {
        set_vars(['i' => $i, 'list' => array_fill(0, 50, $i), 'text' => str_repeat("$i;", 100), 'nested' => ['a' => ['b' => $i]]]);
    }
    return;
}
if (in_worker()) {
    $last = 0;
    for ($n = 0; $n < 20000; ++$n) {
        ['i' => $i, 'list' => $list, 'text' => $text, 'nested' => ['a' => ['b' => $b]]] = $n % 2 ? get_vars('fast') : get_vars(['fast'])['fast'];
        if ($i < $last || $list !== array_fill(0, 50, $i) || $b !== $i || $text !== str_repeat("$i;", 100)) {
            set_vars(["wrong after $n"]);
            should_stop(INF);
            return;
        }
        $last = $i;
    }
    set_vars(['right']);
    should_stop(INF);
    return;
}
foreach (get_vars(['r1', 'r2', 'r3']) as $vars) {
    var_dump($vars[0]);
}
?>
--EXPECT--
string(5) "right"
string(5) "right"
string(5) "right"
