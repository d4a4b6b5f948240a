--TEST--
The memory of a reader that never ends stays flat over thousands of versions, with and without enums
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/an_endless_reader_stays_small.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};
require __DIR__ . '/../helpers.inc';

enum Sign { case Plus; case Minus; }
if (in_worker('reader')) {
    $names = ['plain', 'enums'];
    get_vars($names);
    for ($round = 0; $round < 4; ++$round) {
        $seen = [];
        for ($n = 0; count($seen) < 700 && !should_stop(); ++$n) {
            ['plain' => $plain, 'enums' => $enums] = get_vars($names);
            $seen[$plain['i'] . '-' . $enums['i']] = true;
            $again = get_vars('plain');
            unset($plain, $enums, $again);
            usleep(100);
        }
        unset($seen);
        gc_collect_cycles();
        $usage[] = memory_get_usage();
    }
    set_vars(['grown' => $usage[3] - $usage[1]]);
    should_stop(INF);
    return;
}
if (in_worker()) {
    for ($i = 0; $i < 1 || !should_stop(0.0002); ++$i) {
        set_vars(['i' => $i, 'fill' => str_repeat(chr(65 + $i % 26), 20000), 'list' => range($i, $i + 500), 'enum' => $argv[1] === 'enums' ? [[Sign::Minus], Sign::Plus] : null]);
    }
    return;
}
$grown = get_vars('reader')['grown'];
var_dump($grown < 200000 ?: $grown);
?>
--EXPECT--
bool(true)
