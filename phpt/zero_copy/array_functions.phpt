--TEST--
Array functions on what was read
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/array_functions.php
bgworkers.log_level=error
--FILE--
<?php

require __DIR__ . '/snapshot.inc';
check([
    'push pop shift unshift' => function ($v) { array_push($v['list'], 1, [2]); array_pop($v['ints']); array_shift($v['floats']); array_unshift($v['map'], 0); array_pop($v); array_shift($v); return $v; },
    'pop all' => function ($v) { while ($v['list']) array_pop($v['list']); while ($v['map']) array_shift($v['map']); return $v; },
    'splice' => function ($v) { $r = array_splice($v['list'], 1, 2, ['x', 'y', 'z']); array_splice($v['map'], 0, 1); array_splice($v['empty'], 0, 0, 'x'); return [$r, $v]; },
    'walk' => function ($v) { array_walk($v['flat'], function (&$x, $k, $p) { $x = "$p$k$x"; }, '>'); return $v; },
    'walk recursive' => function ($v) { array_walk_recursive($v, function (&$x) { $x = is_int($x) ? 0 : $x; }); return $v; },
    'walk without writing' => function ($v) { array_walk_recursive($v, function ($x) {}); array_walk($v['nested'], fn($x) => count($x)); return $v; },
    'merge' => fn($v) => [array_merge($v['list'], $v['ints']), array_merge($v['map']), array_merge([], $v['list']), array_merge($v, $v), array_merge(...$v['rows'])],
    'merge recursive' => fn($v) => [array_merge_recursive($v['map'], $v['map'], ['c' => ['x' => 5]]), array_merge_recursive($v, $v)],
    'replace' => fn($v) => [array_replace($v['map'], ['a' => 9]), array_replace_recursive($v['map'], ['c' => ['y' => ['z' => 0]]]), array_replace($v['list'], $v['holes'])],
    'plus' => function ($v) { $v['list'] += [9 => 'x']; $v['empty'] += $v['map']; return [$v, $v + ['new' => 1], [] + $v]; },
    'slice' => fn($v) => [array_slice($v['list'], 1, 2), array_slice($v['map'], 0), array_slice($v['list'], 0), array_slice($v['holes'], -2, 2, true)],
    'map filter reduce' => fn($v) => [array_map('strtoupper', $v['list']), array_map(null, $v['list'], $v['ints']), array_map(fn($x) => $x, $v), array_filter($v['ints'], fn($x) => $x > 1), array_filter($v), array_reduce($v['ints'], fn($a, $b) => $a + $b, 0)],
    'map by reference' => function ($v) { array_map(function (&$x) { $x = 1; }, $v['list']); return $v; },
    'filter modes' => fn($v) => [array_filter($v['map'], fn($k) => $k !== 'a', ARRAY_FILTER_USE_KEY), array_filter($v['map'], fn($x, $k) => $k === 'a', ARRAY_FILTER_USE_BOTH)],
    'keys values flip' => fn($v) => [array_keys($v), array_values($v['list']), array_values($v['map']), array_flip($v['list']), array_keys($v['ints'], 1), array_flip($v['flat'])],
    'unique' => fn($v) => [array_unique($v['list']), array_unique($v['ints']), array_unique($v['rows'], SORT_REGULAR)],
    'combine fill pad chunk' => fn($v) => [array_combine($v['ints'], $v['list']), array_fill_keys($v['list'], $v['map']), array_fill(0, 3, $v['nested']), array_pad($v['list'], 9, $v['text']), array_pad($v['list'], 2, 0), array_chunk($v['list'], 4), array_chunk($v['map'], 2, true)],
    'column' => fn($v) => [array_column($v['rows'], 'name', 'id'), array_column($v['rows'], null, 'name')],
    'diff intersect' => fn($v) => [array_diff($v['list'], ['fig']), array_diff_key($v['map'], ['a' => 1]), array_diff_assoc($v['flat'], $v['map'] = ['one' => 'eins']), array_intersect($v['list'], $v['list']), array_intersect_key($v, ['map' => 1, 'text' => 1]), array_udiff($v['ints'], [1], fn($a, $b) => $a <=> $b), array_uintersect_assoc($v['flat'], $v['flat'], 'strcmp'), array_diff($v['list'])],
    'search' => fn($v) => [in_array('fig', $v['list'], true), array_search('fig', $v['list']), array_key_exists('map', $v), isset($v['map']['c']['y']['z']), array_key_first($v), array_key_last($v), key_exists('no', $v)],
    'sums' => fn($v) => [array_sum($v['ints']), array_product($v['floats']), max($v['ints']), min($v['floats']), max($v['ints'], $v['floats']), count($v), count($v['nested'], COUNT_RECURSIVE), array_count_values($v['list'])],
    'rand' => fn($v) => [is_int(array_rand($v['list'])), count(array_rand($v['map'], 2))],
    'change case' => fn($v) => [array_change_key_case($v['map'], CASE_UPPER), array_change_key_case($v)],
    'is list' => fn($v) => [array_is_list($v), array_is_list($v['list']), array_is_list($v['holes'])],
    'compact extract' => function ($v) { extract($v, EXTR_SKIP | EXTR_PREFIX_ALL, 'p'); $p_text .= 'x'; $p_list[] = 1; return [$p_text, $p_list, compact('p_map', ['p_ints'])]; },
    'extract references' => function ($v) { extract($v, EXTR_REFS | EXTR_PREFIX_ALL, 'p'); $p_text .= 'x'; $p_list[] = 1; $p_map['c']['x'] = 9; return $v; },
    'spread' => fn($v) => [[...$v['list'], ...$v['ints']], [...$v['map'], 'a' => 5], max(...$v['ints']), (fn(...$x) => $x)(...$v['flat']), [...$v]],
    'list and destructuring' => function ($v) { ['map' => ['c' => ['x' => $x]], 'list' => [$first, , $third]] = $v; [$a, [$b]] = $v['nested'][0]; return [$x, $first, $third, $a, $b]; },
    'destructuring by reference' => function ($v) { ['map' => ['c' => &$c], 'list' => [&$first]] = $v; $c = 1; $first = 2; return $v; },
    'pointer' => function ($v) { $r = [current($v), next($v), key($v), end($v), prev($v), reset($v), each_like($v['map'])]; next($v['list']); return [$r, current($v['list'])]; },
    'range key arithmetic' => function ($v) { $v['ints'][0] += 5; $v['ints'][1]++; $v['map']['c']['x']--; $v['text'] .= '!'; $v['floats'][0] **= 2; $v['null'] ??= 'set'; $v['new']['deep'][] = 1; return $v; },
    'append prepend' => function ($v) { $v[] = 1; $v['list'][] = 'x'; $v['holes'][] = 'y'; $v['mixed keys'][] = 'z'; $v['empty'][] = 1; $v['nested'][0][1][1][] = 'deep'; return $v; },
    'unset' => function ($v) { unset($v['list'][0], $v['map']['c']['y'], $v['nested'][0][1], $v['text'], $v['missing']['x']); $v['list'][] = 'after'; return $v; },
    'unset all' => function ($v) { foreach ($v as $k => $x) unset($v[$k]); $v[] = 1; return $v; },
    'comparisons' => fn($v) => [$v == snapshot(), $v === snapshot(), $v <=> snapshot(), $v['map'] == ['d' => 'text'] + $v['map'], $v['ints'] < $v['list long'] ?? [], $v['nested'] === $v['nested'], $v['list'] != $v['ints']],
    'casts' => fn($v) => [(object) $v['map'], (array) (object) $v['flat'], (bool) $v['empty'], (bool) $v, (array) $v['text'], (object) $v['list']],
    'object cast is written to' => function ($v) { $o = (object) $v['map']; $o->a = 5; $o->new = 6; unset($o->b); $o->c['x'] = 7; $a = (array) $o; $a['a'] = 8; return [$o, $a, $v['map']]; },
    'settype' => function ($v) { settype($v['map'], 'object'); settype($v['list'], 'bool'); settype($v['number'], 'float'); settype($v['text'], 'array'); return $v; },
    'array_key_exists on the rest' => fn($v) => [array_any_like($v['ints']), iterator_count(new ArrayIterator($v)), array_flip(array_keys($v['long map']))['key77']],
    'implode' => fn($v) => [implode($v['separator'], $v['list']), implode(',', $v['ints']), join(' ', $v['flat']), http_build_query($v['map'])],
    'fiber and generators' => function ($v) { $f = new Fiber(function ($x) { $x['list'][] = Fiber::suspend($x['text']); return $x; }); $s = $f->start($v); $f->resume('resumed'); return [$s, $f->getReturn()['list']]; },
    'yield from' => fn($v) => iterator_to_array((function () use ($v) { yield from $v['list']; yield from $v['map']; })(), true),
    'generator by reference' => function ($v) { $g = (function &() use (&$v) { foreach ($v['ints'] as &$x) yield $x; })(); foreach ($g as &$x) $x *= 2; return $v; },
]);
function each_like(array &$a): array { next($a); return [key($a), current($a)]; }
function array_any_like(array $a): bool { foreach ($a as $x) if ($x > 5) return true; return false; }
?>
--EXPECT--
all right
