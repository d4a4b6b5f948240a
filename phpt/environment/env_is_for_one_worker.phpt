--TEST--
env[] is in $_SERVER, $_ENV, getenv() and the children of its worker alone, whatever variables_order says
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={PWD}/env_is_for_one_worker.ini
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};
require __DIR__ . '/../helpers.inc';

if (in_worker()) {
    set_vars([
        'server' => $_SERVER['BGW_TEST'] ?? null, 'env' => $_ENV['BGW_TEST'] ?? null, 'getenv' => getenv('BGW_TEST'),
        'all' => getenv()['BGW_TEST'] ?? null, 'child' => trim(shell_exec('echo "$BGW_TEST"')),
        'empty' => getenv('BGW_EMPTY'), 'raw' => getenv('BGW_RAW'), 'raw name' => getenv('${HOME}'), 'path' => getenv('PATH') !== false,
    ]);
    should_stop(INF);
    return;
}
putenv('BGW_TEST=process');
foreach (get_vars(['default', 'EGPCS', 'S', 'E', 'none', 'without']) as $name => $vars) {
    echo $name, ': ', json_encode($vars, JSON_UNESCAPED_SLASHES), "\n";
}
var_dump(getenv('BGW_TEST'));
?>
--EXPECT--
default: {"server":"worker","env":"worker","getenv":"worker","all":"worker","child":"worker","empty":"","raw":"${HOME} PHP_VERSION","raw name":"named ${HOME}","path":true}
EGPCS: {"server":"worker","env":"worker","getenv":"worker","all":"worker","child":"worker","empty":false,"raw":false,"raw name":false,"path":true}
S: {"server":"worker","env":"worker","getenv":"worker","all":"worker","child":"worker","empty":false,"raw":false,"raw name":false,"path":true}
E: {"server":"worker","env":"worker","getenv":"worker","all":"worker","child":"worker","empty":false,"raw":false,"raw name":false,"path":true}
none: {"server":"worker","env":"worker","getenv":"worker","all":"worker","child":"worker","empty":false,"raw":false,"raw name":false,"path":true}
without: {"server":"process","env":"process","getenv":"process","all":"process","child":"process","empty":false,"raw":false,"raw name":false,"path":true}
string(7) "process"
