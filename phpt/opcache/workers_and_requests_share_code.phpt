--TEST--
Classes, closures and enums of cached files, loaded by the caller and by workers at once
--EXTENSIONS--
bgworkers
opcache
--INI--
opcache.enable=1
opcache.enable_cli=1
bgworkers.config={PWD}/workers_and_requests_share_code.ini
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};
require __DIR__ . '/../helpers.inc';

require __DIR__ . '/../life/inc/SameClass.inc';
enum Cached: string { case A = 'a'; case B = 'b'; const MAP = ['x' => self::A, 'y' => [self::B]]; }
if (in_worker()) {
    for ($i = 0; $i < 2000; ++$i) {
        Life\SameClass::count($argv[1]);
    }
    set_vars(['fib' => Life\same_function(18), 'map' => Cached::MAP, 'constant' => Life\SAME_CONSTANT]);
    should_stop(INF);
    return;
}
for ($i = 0; $i < 2000; ++$i) {
    Life\SameClass::count('main');
}
foreach (get_vars(['off', 'on', 'short']) as $vars) {
    var_dump($vars === ['fib' => Life\same_function(18), 'map' => Cached::MAP, 'constant' => Life\SAME_CONSTANT]);
}
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
