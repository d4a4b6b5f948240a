--TEST--
Sorting what was read
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/sorting.php
bgworkers.log_level=error
--FILE--
<?php

require __DIR__ . '/snapshot.inc';
$operations = [];
foreach (['sort', 'rsort', 'asort', 'arsort', 'ksort', 'krsort', 'natsort', 'natcasesort'] as $function) {
    foreach (['list', 'ints', 'floats', 'flat', 'mixed keys', 'holes', 'long list', 'long map', 'empty', 'bools'] as $key) {
        $operations["$function $key"] = function ($v) use ($function, $key) { $a = $v[$key]; $function($a); return $a; };
        $operations["$function in place $key"] = function ($v) use ($function, $key) { $function($v[$key]); return $v; };
    }
}
foreach (['usort', 'uasort', 'uksort'] as $function) {
    $operations["$function"] = function ($v) use ($function) { $function($v['list'], fn($a, $b) => strcmp($a, $b)); return $v; };
    $operations["$function that writes"] = function ($v) use ($function) { $function($v['flat'], function ($a, $b) use (&$v) { $v['flat']['one'] = 'x'; return $a <=> $b; }); return null; };
    $operations["error $function that throws"] = function ($v) use ($function) { $function($v['list'], fn() => throw new Exception('out')); };
}
$operations += [
    'multisort' => function ($v) { array_multisort($v['ints'], SORT_DESC, $v['list']); return $v; },
    'multisort by column' => function ($v) { $names = array_column($v['rows'], 'name'); array_multisort($names, $v['rows']); return [$names, $v['rows']]; },
    'shuffle' => function ($v) { shuffle($v['ints']); sort($v['ints']); return $v['ints']; },
    'sort by locale' => function ($v) { sort($v['list'], SORT_LOCALE_STRING); return $v['list']; },
    'sort flags' => function ($v) { sort($v['list'], SORT_NATURAL | SORT_FLAG_CASE); rsort($v['list'], SORT_STRING); ksort($v, SORT_STRING); return $v; },
    'sort the whole' => function ($v) { ksort($v); return array_keys($v); },
    'array_reverse' => fn($v) => [array_reverse($v), array_reverse($v['list'], true)],
    'heap' => function ($v) { $h = new SplMinHeap; foreach ($v['ints'] as $i) $h->insert($i); return iterator_to_array($h, false); },
];
check($operations);
?>
--EXPECT--
all right
