--TEST--
Fibers, generators, error handlers, output callbacks, shutdown functions and destructors may use the API
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/the_api_in_odd_places.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};
require __DIR__ . '/../helpers.inc';

if (in_worker('other')) {
    set_vars(['other' => 1]);
    should_stop(INF);
    return;
}
if (in_worker('late')) {
    final class AtTheEnd { public function __destruct() { set_vars(['destructor' => get_vars('late')]); should_stop(2.0); } }
    $object = new AtTheEnd;
    register_shutdown_function(function () { set_vars(['shutdown function' => 1]); });
    return;
}
if (in_worker()) {
    $results = [];
    $fiber = new Fiber(function () { set_vars(['fiber' => get_vars('other')]); Fiber::suspend(should_stop()); return get_vars('odd'); });
    $results[] = [$fiber->start(), $fiber->resume(), $fiber->getReturn()];
    $generator = (function () { yield get_vars('other'); set_vars(['generator' => yield]); yield get_vars('odd'); })();
    $results[] = [$generator->current(), $generator->next(), $generator->send('sent')];
    set_error_handler(function () { set_vars(['error handler' => get_vars('other')]); return true; });
    echo $undefined;
    $results[] = get_vars('odd');
    ob_start(function ($text) { set_vars(['output' => $text]); return ''; });
    echo 'printed';
    ob_end_flush();
    $results[] = get_vars('odd');
    usort($results, function ($a, $b) { set_vars(['sorting' => count($a)]); return 0; });
    array_walk($results, fn() => get_vars(['odd', 'other'], 0));
    set_vars(['results' => $results]);
    should_stop(INF);
    return;
}
echo json_encode(wait_until(fn() => get_vars('odd')['results'] ?? null)), "\n";
echo json_encode(wait_until(fn() => isset(get_vars('late')['destructor']) ? get_vars('late') : null)), "\n";
?>
--EXPECT--
[[false,null,{"fiber":{"other":1}}],[{"other":1},null,{"generator":"sent"}],{"error handler":{"other":1}},{"output":"printed"}]
{"destructor":{"shutdown function":1}}
