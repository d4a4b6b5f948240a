--TEST--
The exception of a timeout tells attempts, exit status and error of the worker meanwhile
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={PWD}/timeouts_name_what_was_tried.ini
error_log={PWD}/tried.log
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, should_stop};
require __DIR__ . '/../helpers.inc';

if (in_worker('silent')) {
    should_stop(INF);
    return;
}
if (in_worker('exits')) {
    exit(3);
}
if (in_worker('throws')) {
    function connect(string $password): never { throw new DomainException("no\nroute", 3, new LogicException('no cable')); }
    connect('hunter2');
}
foreach (['silent', 'exits', 'throws'] as $name) {
    $text = thrown(fn() => get_vars($name, 1));
    echo preg_replace(['/\d+ attempts?/', '/' . preg_quote(__DIR__, '/') . '/'], ['N attempts', '{phpt}'], $text), "\n";
    var_dump(str_contains($text, 'hunter2'));
}
?>
--CLEAN--
<?php @unlink(__DIR__ . '/tried.log'); ?>
--EXPECTF--
BgWorkers\TimeoutException: worker "silent" is not ready after 1 s: N attempts%S
bool(false)
BgWorkers\TimeoutException: worker "exits" is not ready after 1 s: N attempts, last exit status 3%S
bool(false)
BgWorkers\TimeoutException: worker "throws" is not ready after 1 s: N attempts, last exit status 255, last error: DomainException: no
route in {phpt}/timeouts_name_what_was_tried.php:%d; first cause: LogicException: no cable in {phpt}/timeouts_name_what_was_tried.php:%d
bool(false)
