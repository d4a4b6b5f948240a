--TEST--
An autoloader that publishes and reads while its worker reads, version after version
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/an_autoloader_in_a_worker_may_publish.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};
require __DIR__ . '/../helpers.inc';

if (in_worker('source')) {
    eval('enum Source { case A; case B; }');
    for ($i = 0; $i < 2 || !should_stop(0.0005); ++$i) {
        set_vars(['case' => $i % 2 ? Source::A : Source::B, 'i' => $i, 'fill' => str_repeat("$i ", 500)]);
    }
    return;
}
if (in_worker()) {
    spl_autoload_register(function () {
        for ($i = 0; $i < 30; ++$i) {
            set_vars(['loading' => $i]);
            get_vars('reader');
            usleep(200);
            try {
                get_vars('source');
            } catch (LogicException) {
                set_vars(['refused' => $i]);
            }
        }
        eval('enum Source { case A; case B; }');
    });
    $last = -1;
    for ($n = 0; $n < 300; ++$n) {
        $vars = get_vars('source');
        $fine = $vars['i'] >= $last && $vars['case'] === ($vars['i'] % 2 ? Source::A : Source::B) && $vars['fill'] === str_repeat("$vars[i] ", 500);
        $last = $vars['i'];
        set_vars(['n' => $n, 'fine' => $fine, 'last' => $vars]);
        if (!$fine) {
            break;
        }
        usleep(100);
    }
    set_vars(['end' => $fine]);
    should_stop(INF);
    return;
}
eval('enum Source { case A; case B; }');
var_dump(wait_until(fn() => get_vars('reader')['end'] ?? null));
?>
--EXPECT--
bool(true)
