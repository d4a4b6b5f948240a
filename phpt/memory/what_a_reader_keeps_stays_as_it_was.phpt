--TEST--
What a reader keeps of old versions stays what it was, however many follow
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/what_a_reader_keeps_stays_as_it_was.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars};
require __DIR__ . '/../helpers.inc';

print_in_worker(function () {
    $kept = [];
    for ($i = 0; $i < 200; ++$i) {
        set_vars(['i' => $i, 'part' => ["text $i", [$i, $i + 1]], 'fill' => str_repeat("$i,", 5000)]);
        $read = get_vars('worker');
        $kept[] = $i % 2 ? $read : ['i' => $read['i'], 'part' => $read['part'], 'fill' => $read['fill']];
    }
    $wrong = 0;
    foreach ($kept as $i => $vars) {
        $wrong += $vars === ['i' => $i, 'part' => ["text $i", [$i, $i + 1]], 'fill' => str_repeat("$i,", 5000)] ? 0 : 1;
    }
    var_dump($wrong);
});
?>
--EXPECT--
int(0)
