--TEST--
What stands in several places of a payload or a result is copied once
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/tasks-copies_share_what_is_shared/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => <<<'PHP'
    enum Suit { case Hearts; }
    // How many arrays lead to the innermost value, and that value.
    function depth($value) {
        for ($levels = 0; is_array($value) && isset($value[1]); ++$levels) {
            $value = $value[1];
        }
        return [$levels, $value];
    }
    while ($task = BgWorkers\receive_task()) {
        $before = memory_get_usage();
        $payload = $task->payload;
        $used = memory_get_usage() - $before;
        $task->finish(['depth' => depth($payload), 'small' => $used < 400000, 'back' => $payload]);
    }
    PHP]);
use function BgWorkers\send_task;

enum Suit { case Hearts; }

// 2 to the 60 ways lead to the innermost value: whoever walks them all does not come to an end.
function tower(mixed $value): array {
    for ($i = 0; $i < 60; ++$i) {
        $value = [$value, $value];
    }
    return $value;
}
foreach (['an array' => tower(['x']), 'a case' => tower(Suit::Hearts),
    'a long string' => array_fill(0, 20, str_repeat('long', 5000)),
    'nothing twice' => ['a' => 1, 'b' => [2, ['c' => str_repeat('x', 9)]]]] as $what => $payload) {
    $result = send_task('w', $payload)->await();
    echo "$what: ", json_encode([$result['depth'][0], is_object($result['depth'][1]), $result['small']]), "\n";
    $value = $result['back'];
    for ($levels = 0; is_array($value) && isset($value[1]); ++$levels) {
        $value = $value[1];
    }
    var_dump($levels === $result['depth'][0], $value === $result['depth'][1]);
}
?>
--EXPECT--
an array: [60,false,true]
bool(true)
bool(true)
a case: [60,true,true]
bool(true)
bool(true)
a long string: [1,false,true]
bool(true)
bool(true)
nothing twice: [0,false,true]
bool(true)
bool(true)
