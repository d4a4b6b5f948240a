<?php
// What the fuzzer for the order of things (orders.cc) runs: in its workers, and in each request of its reader.

const PAIRS = 24; // of enums; each version has those of its number

/** What version $n holds. A kind is the number of enums: none, one at the top, one more that lies deeper. */
function content(int $n, int $kind): array
{
    $vars = ['n' => $n, 'kind' => $kind, 'list' => [$n, [$n, "text $n"]], 'name' => "name.$n",
        'text' => str_repeat("<$n>", 30)];
    if ($kind > 0) {
        $vars['x'] = constant('X' . $n % PAIRS . '::A');
    }
    if ($kind > 1) {
        $vars['in'] = ['y' => [constant('Y' . $n % PAIRS . '::A'), $vars['x']], 'list' => $vars['list'],
            'more' => ["deep $n"]];
    }
    return $vars;
}

if (isset($_SERVER['BGWORKERS_NAME'])) {
    for ($i = 0; $i < PAIRS; ++$i) {
        eval("enum X$i { case A; } enum Y$i { case A; }");
    }
    BgWorkers\set_vars([]);
    while ([$n, $kind] = fuzz_next($_SERVER['BGWORKERS_NAME'] === 'one' ? 0 : 1)) {
        BgWorkers\set_vars($n < 0 ? [] : content($n, $kind));
    }
    return;
}

final class Planned extends Exception {}

final class Late
{
    public $context;
    function stream_open() { return true; }
    function stream_close() { check_held(); read(fuzz_byte() & 15); check_held(); }
}

final class Order
{
    static array $held = [];     // [worker, version, kind, array]
    static array $fibers = [];
    static array $lists = [];    // references to the names in lists that are being read
    static int $flying = 0;      // calls of get_vars()
    static int $depth = 0;       // of reads and autoloaders, those in fibers that wait included
    static bool $cut = false;    // frames were dropped: more may be in use than is known here
}

function tell(string $what): void
{
    // After a bailout the depth is less than nothing: fibers that waited through it take off what they had added.
    fuzz_tell(str_repeat('  ', max(Order::$depth, 0) + 1) . $what);
}

function check_held(): void
{
    foreach (Order::$held as [$worker, $n, $kind, $vars]) {
        if ($vars !== content($n, $kind)) {
            fuzz_finding("version $n of $worker has changed: " . substr(serialize($vars), 0, 2000));
        }
    }
}

function check_live(): void
{
    // Of each worker the newest and those shared with this request; and what reads have in their hands.
    $most = 2 * (1 + 8) + Order::$flying;
    if (!Order::$cut && fuzz_live() > $most) {
        fuzz_finding(fuzz_live() . " snapshots live, $most may be in use");
    }
}

function read(int $how): void
{
    if (Order::$depth > 12) {
        return;
    }
    $name = ['one', 'two'][$how & 1];
    $began = ['one' => fuzz_newest(0), 'two' => fuzz_newest(1)];
    tell('reads ' . ($how & 2 ? 'a list' : $name));
    ++Order::$flying;
    ++Order::$depth;
    $number = count(Order::$lists) === 0 ? 0 : array_key_last(Order::$lists) + 1;
    try {
        if ($how & 2) {
            // Names that nobody else has: what is freed is gone.
            [$first, $third] = [substr("-$name", 1), substr("-$name", 1)];
            $second = substr($how & 1 ? '-one' : '-two', 1);
            Order::$lists[$number] = [&$first, &$second, &$third];
            $read = BgWorkers\get_vars($how & 4 ? [&$first, &$second] : [&$first, &$second, &$third]);
            if (array_keys($read) !== ($how & 1 ? ['two', 'one'] : ['one', 'two'])) {
                fuzz_finding('the list has become ' . serialize(array_keys($read)));
            }
        } else {
            $read = [$name => BgWorkers\get_vars($name)];
        }
        foreach ($read as $worker => $vars) {
            if (!isset($vars['n'], $vars['kind']) || $vars !== content($vars['n'], $vars['kind'])) {
                fuzz_finding("read of $worker: " . substr(serialize($vars), 0, 2000));
            }
            if ($vars['n'] < $began[$worker]) {
                fuzz_finding("read version $vars[n] of $worker after $began[$worker]");
            }
            Order::$held[] = [$worker, $vars['n'], $vars['kind'], $vars];
        }
        tell('has ' . json_encode(array_column($read, 'n')));
    } catch (Planned) {
        tell('has failed as planned');
    } catch (LogicException $exception) {
        if (!str_starts_with($exception->getMessage(), 'The snapshot holds ')) {
            fuzz_finding((string) $exception);
        }
        tell('has failed: ' . $exception->getMessage());
    } finally {
        --Order::$flying;
        --Order::$depth;
        unset(Order::$lists[$number]);
    }
}

function load(string $class): void
{
    if (!preg_match('/^[XY]\d+$/', $class)) {
        return;
    }
    $how = max(fuzz_byte(), 0);
    tell("loads $class");
    ++Order::$depth;
    try {
        if ($how & 1) {
            eval("enum $class { case A; }");
        }
        for ($i = $how >> 1 & 3; $i > 0; --$i) {
            operate(fuzz_byte(), true);
        }
        if (($how & 9) === 0 && !class_exists($class, false)) {
            eval("enum $class { case A; }");
        }
    } finally {
        --Order::$depth;
    }
}

function fiber_at(int $n): ?Fiber
{
    $waiting = array_values(array_filter(Order::$fibers, fn (Fiber $fiber) => $fiber->isSuspended()));
    return $waiting === [] ? null : $waiting[$n % count($waiting)];
}

/** One step; the lower four bits say which. */
function operate(int $byte, bool $loading = false): void
{
    if ($byte < 0 || Order::$depth > 12) {
        return;
    }
    $how = $byte >> 4;
    try {
        switch ($byte & 15) {
            case 0:
            case 1:
                read($how);
                break;
            case 2:
            case 3:
                tell('publishes ' . ($how & 1 ? 'two' : 'one'));
                fuzz_publish($how & 1, ($how >> 1) % 3);
                break;
            case 4:
            case 5:
                if (count(Order::$fibers) < 8) {
                    tell('starts a fiber');
                    Order::$fibers[] = $fiber = new Fiber(fn () => read($how));
                    $fiber->start();
                }
                break;
            case 6:
            case 7:
                tell('resumes a fiber');
                fiber_at($how)?->resume();
                break;
            case 8:
            case 9:
                if (Fiber::getCurrent()) {
                    tell('suspends');
                    Fiber::suspend();
                }
                break;
            case 10:
                tell('changes lists');
                foreach (Order::$lists as &$list) {
                    foreach ($list as &$name) {
                        $name = [null, 5, 'nobody', ['one'], substr('-one', 1), 1.5, false, new stdClass][$how % 8];
                    }
                    unset($name);
                }
                unset($list);
                break;
            case 11:
                if ($loading && $how & 1) {
                    throw new Planned;
                }
                tell('throws into a fiber');
                fiber_at($how)?->throw(new Planned);
                break;
            case 12:
                if ($how & 1) {
                    tell('drops all fibers');
                    Order::$fibers = [];
                } elseif ($fiber = fiber_at($how)) {
                    tell('drops a fiber');
                    unset(Order::$fibers[array_search($fiber, Order::$fibers, true)]);
                }
                break;
            case 13:
                // So many that later ones are copied.
                for ($i = 0; $i < 9; ++$i) {
                    fuzz_publish($how & 1, 0);
                    read($how & 1);
                }
                break;
            case 14:
                if ($how & 1) {
                    tell('writes to what was read');
                    foreach (Order::$held as [, , , $vars]) {
                        $vars['list'][1][] = $vars['n'] = 'written';
                        $vars['in']['more'][] = 'written';
                        ksort($vars);
                    }
                    unset($vars);
                }
                if ($how & 2) {
                    tell('lets go of what was read');
                    Order::$held = array_slice(Order::$held, $how >> 2);
                }
                gc_collect_cycles();
                break;
            case 15:
                end_somehow($how);
        }
    } catch (FiberError) {
        // Running already, or in a place where fibers cannot be switched.
    }
    check_held();
    check_live();
}

function end_somehow(int $how): void
{
    if ($how < 2) {
        Order::$cut = true;
        tell('bails out');
        fuzz_bail_out();
    }
    if ($how === 2) {
        Order::$cut = true;
        tell('exits');
        exit;
    }
    if ($how < 5 && Order::$held !== []) {
        tell('registers names that were read');
        $name = end(Order::$held)[3]['name'];
        @stream_wrapper_register($name, Late::class);
        @stream_filter_register($name, php_user_filter::class);
        @stream_wrapper_register('own' . mt_rand(1, 9), Late::class); // a key that PHP has to release
    } elseif ($how < 7) {
        tell('leaves a stream open');
        @stream_wrapper_register('late', Late::class);
        @define('STREAM' . $how, fopen('late://', 'r'));
    }
}

function steps(): void
{
    while (($byte = fuzz_byte()) >= 0) {
        if ($byte === 255) {
            break; // the next request
        }
        operate($byte);
    }
}

tell('a request begins');
spl_autoload_register('load');
register_shutdown_function(function () {
    tell('a shutdown function runs');
    Order::$depth = 0;
    steps();
    check_held();
});
steps();
