--TEST--
References into, and iteration over, what was read
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/references_and_iteration.php
bgworkers.log_level=error
--FILE--
<?php

require __DIR__ . '/snapshot.inc';
function by_reference(array &$a): void { $a['added'] = 1; foreach ($a as &$x) { $x = is_array($x) ? $x : 0; } }
function by_reference_item(mixed &$x): void { $x = 'changed'; }
function &returns_reference(array &$a, string $key): mixed { return $a[$key]; }
function by_value(array $a): array { $a['list'][] = 'x'; $a['text'][0] = 'X'; return $a; }
function with_static(?array $a = null): array { static $kept = []; if ($a !== null) { $kept = $a; $kept['list'][] = 1; } return $kept; }
const CONSTANT_OF_PARTS = ['x' => 1];
check([
    'foreach' => function ($v) { $r = []; foreach ($v as $k => $x) { $r[$k] = $x; $v[$k] = null; } return [$r, $v]; },
    'foreach by reference' => function ($v) { foreach ($v['list'] as $k => &$x) { $x .= $k; } unset($x); foreach ($v['map'] as &$y) { $y = [$y]; } return $v; },
    'foreach by reference, nested' => function ($v) { foreach ($v['rows'] as &$row) { foreach ($row as $k => &$cell) { $cell = "$k=$cell"; } } return unserialize(serialize($v)); },
    'foreach by reference with appends' => function ($v) { $n = 0; foreach ($v['ints'] as &$x) { if ($n++ < 3) { $v['ints'][] = $x; } } return $v; },
    'foreach list' => function ($v) { $r = []; foreach ($v['rows'] as ['id' => $id, 'name' => $name]) $r[$id] = $name; return $r; },
    'foreach into an element' => function ($v) { foreach ($v['ints'] as $v['map']['c']['x']) {} return $v; },
    'reference to an element' => function ($v) { $r = &$v['map']['c']['y']['z']; $r = 'new'; unset($r); return $v; },
    'reference to the whole' => function ($v) { $r = &$v; $r['new'] = 1; $s = $r; $s['list'][] = 2; return [$v, count($s)]; },
    'references to each other' => function ($v) { $v['a'] = &$v['list']; $v['b'] = &$v['map']['c']; $v['a'][] = 'x'; $v['b']['x'] = 2; return [$v['list'], $v['map']]; },
    'a circle, collected' => function ($v) { $v['self'] = &$v; $v['list'][] = &$v; unset($v); return gc_collect_cycles() >= 0; },
    'an object circle' => function ($v) { $o = new stdClass; $o->v = $v; $o->v['o'] = $o; $o->v['map']['o'] = $o; unset($o); return gc_collect_cycles() >= 0; },
    'argument by reference' => function ($v) { by_reference($v['map']); by_reference_item($v['list'][2]); by_reference_item($v['fresh']['deep']); return $v; },
    'argument by value' => fn($v) => [by_value($v), $v],
    'returned reference' => function ($v) { $r = &returns_reference($v, 'list'); $r[] = 'x'; return $v; },
    'static variable' => fn($v) => [with_static($v), with_static()],
    'static property' => function ($v) { Helper::$kept = $v; Helper::$kept['list'][] = 1; Helper::$kept['map']['c']['x'] = 2; $r = Helper::$kept; Helper::$kept = []; return $r; },
    'global' => function ($v) { global $global; $global = $v; $GLOBALS['global']['list'][] = 1; $r = $global; unset($GLOBALS['global']); return $r; },
    'closure use' => function ($v) { $f = function () use ($v) { $v['list'][] = 1; return $v; }; $g = function () use (&$v) { $v['ints'][] = 1; }; $g(); return [$f(), $f(), $v]; },
    'arrow function' => fn($v) => (fn() => $v['list'])(),
    'define' => function ($v) { $name = 'ZC_' . bin2hex(random_bytes(6)); define($name, $v); $c = constant($name); $c['list'][] = 1; return [constant($name), $c]; },
    'property' => function ($v) { $o = new class($v) { public array $p; public readonly array $r; function __construct(array $v) { $this->p = $v; $this->r = $v; $this->p['list'][] = 1; } }; $o->p['map']['c']['x'] = 3; $c = clone $o; $c->p['x'] = 1; return [$o->p, $o->r, $c->p]; },
    'array access object' => function ($v) { $o = new ArrayObject($v); $o['list'] = [1]; $o['map']['a'] = 5; unset($o['text']); foreach ($o as $k => $x) {} $copy = $o->getArrayCopy(); $o->ksort(); return [$copy, $o->count()]; },
    'array iterator' => function ($v) { $i = new ArrayIterator($v['map']); $i->offsetSet('z', 1); $i->uasort(fn($a, $b) => 0); return iterator_to_array($i); },
    'recursive iterators' => fn($v) => iterator_to_array(new RecursiveIteratorIterator(new RecursiveArrayIterator($v), RecursiveIteratorIterator::SELF_FIRST), false),
    'other iterators' => fn($v) => [iterator_to_array(new LimitIterator(new ArrayIterator($v['list']), 1, 2)), iterator_to_array(new CallbackFilterIterator(new ArrayIterator($v['ints']), fn($x) => $x > 1)), iterator_to_array(new CachingIterator(new ArrayIterator($v['list']))), iterator_apply($i = new ArrayIterator($v['ints']), fn() => true)],
    'spl structures' => fn($v) => [SplFixedArray::fromArray($v['list'])->toArray(), (function () use ($v) { $q = new SplDoublyLinkedList; foreach ($v['list'] as $x) $q->push($x); $q->offsetSet(0, $v['map']); return iterator_to_array($q); })(), (function () use ($v) { $s = new SplObjectStorage; $o = new stdClass; $s[$o] = $v['map']; return $s[$o]; })()],
    'weak map' => function ($v) { $m = new WeakMap; $o = new stdClass; $m[$o] = $v; $m[$o]['list'][] = 1; return $m[$o]; },
    'swap' => function ($v) { [$v['list'], $v['ints']] = [$v['ints'], $v['list']]; [$v['map']['a'], $v['map']['b']] = [$v['map']['b'], $v['map']['a']]; return $v; },
    'null and unset in between' => function ($v) { $w = $v; $v = null; $w['list'][] = 1; $x = $w['map']; unset($w); return $x; },
    'string offsets' => function ($v) { $v['text'][0] = 'Z'; $v['text'][60] = '!'; $s = $v['utf8']; $s[1] = 'x'; return [$v, $s, $v['list'][0][1], $v['text'][-1], isset($v['text'][3][0])]; },
    'string increments' => function ($v) { $v['one char']++; $v['int']++; $v['int'] += 1; $v['number'] .= '5'; $v['list'][0] .= 'x'; return $v; },
    'variable variables' => function ($v) { ${$v['name']} = 5; $r = [$fresh_name, ${$v['name']}++, compact($v['name'])]; return $r; },
    'match and switch' => fn($v) => [match (true) { $v['text'] === 'x' => 1, default => 2 }, (function () use ($v) { switch ($v['class']) { case 'ArrayObject': return 1; } })()],
    'get_defined_vars' => function ($v) { $all = get_defined_vars(); $all['v']['list'][] = 1; return $all; },
    'func_get_args' => fn($v) => (function () { $a = func_get_args(); $a[0]['list'][] = 1; return $a; })($v),
    'debug_backtrace' => fn($v) => count((function ($v) { return debug_backtrace(); })($v)[0]['args'][0]),
    'exception with arguments' => function ($v) { ini_set('zend.exception_ignore_args', '0'); try { (function ($v) { throw new Exception($v['text']); })($v); } catch (Exception $e) { $t = $e->getTrace(); $t[0]['args'][0]['list'][] = 1; return [$e->getMessage(), strlen($e->getTraceAsString()) > 10, count($t[0]['args'][0]['list'])]; } },
]);
?>
--EXPECT--
all right
