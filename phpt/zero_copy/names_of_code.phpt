--TEST--
Classes, functions, methods and constants named by what was read
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/names_of_code.php
bgworkers.log_level=error
--FILE--
<?php

require __DIR__ . '/snapshot.inc';
check([
    'new' => function ($v) { $c = $v['class']; $o = new $c($v['map']); $o[] = 1; return [$o, new ($v['helper']) instanceof $v['helper']]; },
    'static call' => fn($v) => [$v['helper']::shout('x'), [$v['helper'], $v['method name']]('y'), $v['callable']('z'), $v['method']('m'), $v['helper']::{$v['method name']}('n'), $v['helper']::{$v['one char']}()],
    'method call' => function ($v) { $o = new Helper; return [$o->{$v['method name']}('a'), $o->{$v['text']}(1, 2), $o->{$v['property']}, $o->{$v['flat']['one']}, isset($o->{$v['property']})]; },
    'property written' => function ($v) { $o = new stdClass; $o->{$v['property']} = $v['map']; $o->{$v['property']}['c']['x'] = 5; $o->{$v['text']} = 1; $o->{$v['int']} = 2; return [$o, (array) $o, get_object_vars($o)]; },
    'function call' => fn($v) => [$v['function']('abc'), call_user_func($v['function'], $v['text']), call_user_func_array($v['callable'], $v['list'] = ['q']), call_user_func($v['method'], $v['flat']), is_callable($v['callable'], false, $name), $name, Closure::fromCallable($v['method'])('x'), (function () use ($v) { $f = $v['function'](...); return $f('y'); })(), array_map($v['callable'], $v['list'])],
    'named arguments' => fn($v) => [(fn($one, $two, $three) => $one . $two . $three)(...$v['flat']), call_user_func_array(fn(...$a) => $a, $v['flat'])],
    'class functions' => fn($v) => [class_exists($v['class']), is_a($v['helper'], $v['helper'], true), is_subclass_of($v['class'], 'ArrayAccess'), method_exists($v['helper'], $v['method name']), property_exists($v['helper'], $v['property']), get_class_methods($v['helper']), get_parent_class($v['class']), class_implements($v['class']), function_exists($v['function']), defined($v['constant']), constant($v['constant']), enum_exists($v['class'])],
    'alias' => function ($v) { static $n = 0; class_alias($v['helper'], $name = $v['helper'] . ++$n . 'Alias' . spl_object_id(new stdClass) . bin2hex(random_bytes(4))); return (new $name) instanceof Helper; },
    'reflection' => fn($v) => [(new ReflectionClass($v['helper']))->getShortName(), (new ReflectionFunction($v['function']))->getNumberOfParameters(), (new ReflectionMethod($v['helper'], $v['method name']))->invoke(null, $v['list']), (new ReflectionProperty($v['helper'], $v['property']))->getName(), (new ReflectionClass($v['class']))->newInstanceArgs([$v['map']])->count(), (new ReflectionClass($v['helper']))->newInstanceWithoutConstructor()->shouted],
    'autoload' => function ($v) { $seen = []; $f = function ($c) use (&$seen) { $seen[] = $c; }; spl_autoload_register($f); $r = [class_exists($v['text']), class_exists($v['name']), is_callable([$v['name'], 'x'])]; spl_autoload_unregister($f); return [$r, $seen]; },
    'define' => function ($v) { $n = $v['name'] . bin2hex(random_bytes(5)); define($n, $v['text']); return constant($n) . (defined($v['name']) ? 1 : 0); },
    'handlers' => function ($v) { set_error_handler($v['callable']); $x = $undefined; restore_error_handler(); set_exception_handler($v['callable']); restore_exception_handler(); register_shutdown_function(fn() => count($v)); return ob_start($v['callable']) && ob_end_clean(); },
    'error messages' => function ($v) { try { throw new RuntimeException($v['text'], 3, new Exception($v['utf8'])); } catch (Exception $e) { return [$e->getMessage(), $e->getPrevious()->getMessage(), strlen((string) $e) > 10]; } },
    'error unknown names' => fn($v) => $v['text']::nothing(),
    'error wrong type' => fn($v) => strlen($v['map']),
    'error undefined' => fn($v) => $v['text'](),
    'trigger_error' => function ($v) { $seen = null; set_error_handler(function ($n, $m) use (&$seen) { $seen = $m; return true; }); trigger_error($v['text'], E_USER_NOTICE); $x = $v['no such key']; restore_error_handler(); return $seen; },
    'attributes and closures' => function ($v) { $f = Closure::bind(function () { return self::$kept; }, null, $v['helper']); Helper::$kept = $v['list']; return $f(); },
    'set_state' => fn($v) => eval('return ' . var_export($v['map'], true) . ';'),
    'magic constants in a class made from it' => function ($v) { $n = 'C' . bin2hex(random_bytes(6)); eval("class $n { const T = '{$v['int']}'; public \$a = ['x' => '{$v['number']}']; }"); return [(new $n)->a, constant("$n::T")]; },
    'iterator to callable' => fn($v) => iterator_to_array(new ArrayIterator(array_map($v['function'], $v['flat']))),
    'sleep and wakeup' => fn($v) => unserialize(serialize(new ArrayObject($v))),
    'unserialize options' => fn($v) => unserialize(serialize(new Helper), ['allowed_classes' => [$v['helper']]]),
]);
?>
--EXPECT--
all right
