--TEST--
Arrays that contain themselves are refused, in every shape
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/set_vars-self_containing_arrays/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => <<<'PHP'
    $shapes = [];
    $a = []; $a['self'] = &$a;
    $shapes[] = $a;
    $b = ['y' => []]; $b['y']['z'] = &$b;
    $shapes[] = ['k' => &$b];
    $c = [1]; $d = [&$c]; $c[] = &$d;
    $shapes[] = ['list' => [[&$c]]];
    foreach ($shapes as $shape) {
        try {
            BgWorkers\set_vars($shape);
            $said[] = 'accepted';
        } catch (ValueError $error) {
            $said[] = $error->getMessage();
        }
    }
    BgWorkers\set_vars($said);
    live();
    PHP]);
foreach (BgWorkers\get_vars('w') as $said) {
    var_dump(str_ends_with($said, 'contains itself'));
}
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
