--TEST--
References are dereferenced, and a change through one is a new version though the array is the same
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/set_vars-references_are_followed/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => <<<'PHP'
    $value = 1;
    $vars = ['ref' => &$value, 'nested' => ['list' => [1, 2]]];
    foreach ($vars['nested']['list'] as &$element) {
    }
    BgWorkers\set_vars($vars);
    while (BgWorkers\get_vars('go', 30)['go'] !== true);
    $value = 2;
    BgWorkers\set_vars($vars);
    live();
    PHP, 'go' => "BgWorkers\\set_vars(['go' => true]); live();"]);
wait_until(fn () => BgWorkers\get_vars('w')['ref'] === 2);
$vars = BgWorkers\get_vars('w');
var_dump($vars);
?>
--EXPECT--
array(2) {
  ["ref"]=>
  int(2)
  ["nested"]=>
  array(1) {
    ["list"]=>
    array(2) {
      [0]=>
      int(1)
      [1]=>
      int(2)
    }
  }
}
