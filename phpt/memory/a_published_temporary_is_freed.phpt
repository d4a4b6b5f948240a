--TEST--
A worker that published an array which nobody else holds keeps none of it
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/memory-a_published_temporary_is_freed/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['temporary' => <<<'PHP'
    function make(int $round): array
    {
        return array_map(fn($i) => ['id' => $i, 'name' => "entry $i of $round"], range(1, 20000));
    }
    $before = memory_get_usage();
    $held = make(0);
    $size = memory_get_usage() - $before;
    unset($held);
    $kept = [];
    foreach ([1, 2, 3] as $round) {
        BgWorkers\set_vars(make($round));
        $kept[] = memory_get_usage() - $before > $size / 10;
    }
    BgWorkers\set_vars(['kept' => $kept]);
    live();
    PHP]);
echo json_encode(wait_until(fn() => BgWorkers\get_vars('temporary')['kept'] ?? null)), "\n";
?>
--EXPECT--
[false,false,false]
