--TEST--
Even when versions are copied for an endless reader, calls get the same instance until something new is published
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/a_version_is_one_instance.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars};
require __DIR__ . '/../helpers.inc';

print_in_worker(function () {
    $text = str_repeat('x', 500000);
    $right = 0;
    for ($i = 0; $i < 100; ++$i) {
        set_vars(['i' => $i, 'large' => ["$text$i", range(1, 5000)]]);
        $first = get_vars('worker');
        $before = memory_get_usage();
        for ($n = 0; $n < 20; ++$n) {
            $all[] = get_vars('worker');
        }
        $right += memory_get_usage() - $before < 10000 && end($all) === $first && $first['i'] === $i ? 1 : 0;
        $all = [];
    }
    var_dump($right);
});
?>
--EXPECT--
int(100)
