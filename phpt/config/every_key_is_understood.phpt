--TEST--
Every key of the workers file, quoted and bare, without constants and variables
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={PWD}/every_key_is_understood.ini
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop, status};
require __DIR__ . '/../helpers.inc';

if (in_worker()) {
    set_vars(['args' => array_slice($argv, 2), 'env' => array_filter($_SERVER, fn($k) => str_starts_with($k, 'T_') || $k === 'PHP_OS', ARRAY_FILTER_USE_KEY), 'precision' => ini_get('precision')]);
    should_stop(INF);
    return;
}
foreach (['plain', 'full', 'two words', 'shares the script', 'from the catch-all'] as $name) {
    echo $name, ': ', json_encode(get_vars($name), JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE), "\n";
}
var_dump(status()['full']['instances']);
?>
--EXPECT--
plain: {"args":[],"env":[],"precision":"14"}
full: {"args":["first","with spaces","yes","null","1.0","${HOME}","PHP_VERSION","a;b","=","ünï"],"env":{"T_A":"a","T_B":"b=c","T_EMPTY":"","PHP_OS":"a name like any other","T_RAW":"E_ALL & ~E_NOTICE"},"precision":"7"}
two words: {"args":[],"env":[],"precision":"14"}
shares the script: {"args":["x"],"env":[],"precision":"14"}
from the catch-all: {"args":["catch-all"],"env":[],"precision":"14"}
int(2)
