--TEST--
A command gets its arguments without the worker's name, and sees the cli
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/environment-a_command_is_called_as_in_the_cli/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
use function BgWorkers\{get_vars};
$tell = <<<'PHP'
BgWorkers\set_vars([
    'argv' => [basename($argv[0]), ...array_slice($argv, 1)], 'argc' => $argc, 'server' => $_SERVER['argv'] === $argv,
    'sapi' => [PHP_SAPI, \constant('PHP_SAPI'), eval('return PHP_SAPI;'), php_sapi_name(), get_defined_constants(true)['Core']['PHP_SAPI'] ?? null],
    'binary' => [PHP_BINARY, \constant('PHP_BINARY')],
    'name' => $_SERVER['BGWORKERS_NAME'],
]);
live();
PHP;
workers([
    'command' => ['code' => $tell, 'command' => 1, 'args[]' => ['app:consume', '--limit=5']],
    'plain' => ['code' => $tell, 'args[]' => ['app:consume', '--limit=5']],
]);
foreach (get_vars(['command', 'plain']) as $name => $vars) {
    echo "$name: ", json_encode([$vars['argv'], $vars['argc'], $vars['server'], $vars['name']]), "\n";
    var_dump(array_values(array_unique(array_filter($vars['sapi']))) === ['cli']);
}
$cli = is_file(PHP_BINDIR . '/php') ? PHP_BINDIR . '/php' : '';
var_dump(get_vars('command')['binary'] === [$cli, $cli], get_vars('plain')['binary'] === [PHP_BINARY, PHP_BINARY]);
?>
--EXPECT--
command: [["worker-command.php","app:consume","--limit=5"],3,true,"command"]
bool(true)
plain: [["worker-plain.php","plain","app:consume","--limit=5"],4,true,"plain"]
bool(true)
bool(true)
bool(true)
