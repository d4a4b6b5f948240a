--TEST--
A list of names is read once: what PHP code does to its references while get_vars() is under way changes nothing
--EXTENSIONS--
bgworkers
--SKIPIF--
<?php if (!extension_loaded('pcntl')) die('skip needs pcntl'); ?>
--INI--
bgworkers.config={TMP}/bgworkers-phpt/get_vars-a_list_is_read_once/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
$enum = fn (string $name) => "enum $name { case A; } BgWorkers\\set_vars(['$name' => $name::A]); live();";
workers([
    'plain' => 'BgWorkers\set_vars(["plain" => 1]); live();',
    'int' => $enum('AnInt'), 'freed' => $enum('Freed'), 'other' => $enum('Other'), 'gone' => $enum('Gone'),
    'thrown' => $enum('Thrown'), 'suspended' => $enum('Suspended'), 'dropped' => $enum('Dropped'),
    'waited' => 'require ' . var_export(__DIR__ . '/../helpers.inc', true) . '; await_flag("handled"); BgWorkers\set_vars([]); live();',
    'signaller' => 'proc_open("sleep 0.3; kill -USR1 " . getmypid(), [], $pipes); BgWorkers\set_vars([]); live();',
]);

/** Loads the enum, once $change has run. */
function on_load(string $enum, callable $change): void
{
    spl_autoload_register($load = function (string $class) use ($enum, $change, &$load) {
        if ($class === $enum) {
            spl_autoload_unregister($load);
            $change();
            eval("enum $enum { case A; }");
        }
    });
}
$text = fn (string $name) => substr("-$name", 1); // counted, and nobody else has it

echo "not a string any more\n";
[$first, $second] = [$text('int'), $text('plain')];
on_load('AnInt', function () use (&$first, &$second) { $first = 5; $second = [new ArrayObject]; });
echo json_encode(array_keys(get_vars_of([&$first, &$second]))), json_encode([$first, $second]), "\n";

echo "another name, and one that is not declared\n";
[$first, $second, $third] = [$text('freed'), $text('plain'), $text('plain')];
on_load('Freed', function () use (&$first, &$second, &$third) { $first = $second = str_repeat('nobody', 2); $third = 'int'; });
echo json_encode(array_keys(get_vars_of([&$first, &$second, &$third]))), "\n";

echo "the variable that holds the list\n";
$list = [$text('gone'), $text('plain')];
$element = &$list[1];
on_load('Gone', function () use (&$list, &$element) { $element = null; $list = null; gc_collect_cycles(); });
echo json_encode(array_keys(BgWorkers\get_vars($list))), json_encode($list), "\n";

echo "an exception\n";
[$first, $second] = [$text('thrown'), $text('plain')];
on_load('Thrown', function () use (&$first, &$second) { $first = $second = 7; throw new DomainException('from the autoloader'); });
attempt(fn () => BgWorkers\get_vars([&$first, &$second]));

echo "a fiber that waits in the autoloader\n";
[$first, $second] = [$text('suspended'), $text('plain')];
on_load('Suspended', fn () => Fiber::suspend());
$fiber = new Fiber(function () use (&$first, &$second) { return BgWorkers\get_vars([&$first, &$second, 'plain']); });
$fiber->start();
[$first, $second] = [1.5, false];
$fiber->resume();
echo json_encode(array_keys($fiber->getReturn())), "\n";

echo "a fiber that is dropped there\n";
[$first, $second] = [$text('dropped'), $text('plain')];
on_load('Dropped', fn () => Fiber::suspend());
$fiber = new Fiber(fn () => BgWorkers\get_vars([&$first, &$second]));
$fiber->start();
[$first, $second] = [null, null];
$fiber = null;

echo "a signal handler during the wait\n";
[$first, $second, $third] = [$text('waited'), $text('plain'), $text('signaller')];
pcntl_async_signals(true);
pcntl_signal(SIGUSR1, function () use (&$first, &$second, &$third) { $first = 0; $second = $third = []; raise_flag('handled'); });
echo json_encode(array_keys(BgWorkers\get_vars([&$first, &$second, &$third]))), "\n";

/** Through a frame of PHP's own, which takes references as they are. */
function get_vars_of(array $names): array
{
    return call_user_func_array('BgWorkers\get_vars', ['name' => $names]);
}
?>
--EXPECT--
not a string any more
["int","plain"][5,[{}]]
another name, and one that is not declared
["freed","plain"]
the variable that holds the list
["gone","plain"]null
an exception
DomainException: from the autoloader
a fiber that waits in the autoloader
["suspended","plain"]
a fiber that is dropped there
a signal handler during the wait
["waited","plain","signaller"]
