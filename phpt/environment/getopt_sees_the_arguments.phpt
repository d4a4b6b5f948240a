--TEST--
getopt() sees the options of a worker, and $rest_index counts as $argv does
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/environment-getopt_sees_the_arguments/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
use function BgWorkers\{get_vars};
$tell = <<<'PHP'
$argv_before = $argv;
$options = getopt('v', ['every:', 'name:'], $rest);
BgWorkers\set_vars([$options, $rest, array_slice($argv, $rest), getopt('x'), $argv === $argv_before && $_SERVER['argv'] === $argv]);
live();
PHP;
$arguments = ['args[]' => ['-v', '--every=5', '--name', 'x', 'file', '--no']];
workers([
    'plain' => ['code' => $tell] + $arguments,
    'command' => ['code' => $tell, 'command' => 1] + $arguments,
    'no arguments' => ['code' => $tell],
    'name twice' => ['code' => $tell, 'args[]' => ['name twice', '--every=5']],
    'the script removes them' => ['code' => 'unset($_SERVER["argv"], $argv); BgWorkers\set_vars([getopt("v")]); live();'] + $arguments,
]);
foreach (['plain', 'command', 'no arguments', 'name twice', 'the script removes them'] as $name) {
    echo "$name: ", json_encode(get_vars($name)), "\n";
}
// On a thread of the host it is PHP's own.
var_dump(getopt('v', ['every:']));
?>
--EXPECT--
plain: [{"v":false,"every":"5","name":"x"},6,["file","--no"],[],true]
command: [{"v":false,"every":"5","name":"x"},5,["file","--no"],[],true]
no arguments: [[],2,[],[],true]
name twice: [[],2,["name twice","--every=5"],[],true]
the script removes them: [{"v":false}]
array(0) {
}
