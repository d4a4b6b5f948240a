--TEST--
An immutable literal of OPcache's is copied, compared and found equal
--EXTENSIONS--
bgworkers
opcache
--INI--
opcache.enable=1
opcache.enable_cli=1
bgworkers.config={PWD}/a_cached_literal_is_published_once.ini
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};
require __DIR__ . '/../helpers.inc';

if (in_worker()) {
    $versions = [];
    foreach ([1, 2, 3] as $round) {
        set_vars(['a' => ['b' => ['c' => 'literal']], 'd' => [1, 2, 3]]);
        $versions[] = version($argv[1]);
    }
    $constant = ['a' => ['b' => ['c' => 'literal']], 'd' => [1, 2, 3]];
    set_vars($constant);
    $versions[] = version($argv[1]);
    $constant['d'][] = 4;
    set_vars($constant);
    $versions[] = version($argv[1]);
    set_vars(['versions' => array_map(fn($v) => $v - $versions[0], $versions)]);
    should_stop(INF);
    return;
}
foreach (['on', 'off'] as $name) {
    echo json_encode(wait_until(fn() => get_vars($name)['versions'] ?? null)), "\n";
}
?>
--EXPECT--
[0,0,0,0,1]
[0,0,0,0,1]
