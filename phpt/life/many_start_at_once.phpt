--TEST--
Dozens of instances start, run, end and start again at the same time
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={PWD}/many_start_at_once.ini
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop, status};
require __DIR__ . '/../helpers.inc';

if (in_worker()) {
    set_vars(['name' => $argv[1], 'list' => array_map('strtoupper', ['a', 'b', $argv[1]]), 'json' => json_encode(new ArrayObject([1])), 'date' => date('Y', 0), 'match' => preg_replace('/(\d+)/', '<$1>', $argv[1])]);
    if (str_starts_with($argv[1], 'short')) {
        exit(str_starts_with($argv[1], 'shorter') ? 1 : 0);
    }
    should_stop(INF);
    return;
}
$names = ['pool', ...array_map(fn($i) => ($i % 3 ? 'long' : 'short') . ($i % 2 ? 'er' : '') . $i, range(1, 30))];
$expected = array_combine($names, array_map(fn($n) => ['name' => $n, 'list' => ['A', 'B', strtoupper($n)], 'json' => '{"0":1}', 'date' => '1970', 'match' => preg_replace('/(\d+)/', '<$1>', $n)], $names));
var_dump(get_vars($names) === $expected);
wait_until(fn() => array_sum(array_column(status(), 'runs')) > 80);
var_dump(get_vars($names, 0) === $expected, status()['pool']['instances']);
?>
--EXPECT--
bool(true)
bool(true)
int(12)
