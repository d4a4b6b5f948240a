--TEST--
A handler may throw, exit a fiber in vain, install others; what it is given is what pcntl gives
--EXTENSIONS--
bgworkers
pcntl
posix
--INI--
bgworkers.config={TMP}/bgworkers-phpt/signals-what_a_handler_may_do/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/compare.inc';
compare([
    'information' => 'foreach ([SIGUSR1, SIGTERM, SIGSEGV, SIGILL, SIGCHLD, 40] as $s) { pcntl_signal($s, function (...$a) { $a[1]["pid"] = isset($a[1]["pid"]) ? $a[1]["pid"] === me() : "none"; if (isset($a[1]["uid"])) $a[1]["uid"] = $a[1]["uid"] === posix_getuid(); if (isset($a[1]["addr"])) $a[1]["addr"] = gettype($a[1]["addr"]); show($a); }); posix_kill(me(), $s); }
        pcntl_signal_dispatch();',
    'exception' => 'pcntl_async_signals(true); pcntl_signal(SIGUSR1, fn() => throw new DomainException("thrown")); pcntl_signal(SIGUSR2, say("not dropped"));
        try { posix_kill(me(), SIGUSR1); for ($i = 0; $i < 3; ++$i) usleep(1); } catch (DomainException $e) { show($e->getMessage()); }
        posix_kill(me(), SIGUSR2); for ($i = 0; $i < 3; ++$i) usleep(1);',
    'exception_and_others' => 'pcntl_signal(SIGUSR1, fn() => throw new DomainException("thrown")); pcntl_signal(SIGUSR2, say("dropped?"));
        posix_kill(me(), SIGUSR1); posix_kill(me(), SIGUSR2); posix_kill(me(), SIGUSR1);
        try { pcntl_signal_dispatch(); } catch (DomainException $e) { show($e->getMessage(), $e->getPrevious()?->getMessage()); } pcntl_signal_dispatch(); show("end");',
    'fiber' => 'pcntl_async_signals(true); pcntl_signal(SIGUSR1, function () { try { Fiber::suspend(1); } catch (FiberError $e) { show($e->getMessage()); } });
        $f = new Fiber(function () { posix_kill(me(), SIGUSR1); for ($i = 0; $i < 3; ++$i) usleep(1); Fiber::suspend(2); show("on"); }); show($f->start()); $f->resume();',
    'another_handler' => 'pcntl_async_signals(true); pcntl_signal(SIGUSR1, function () { pcntl_signal(SIGUSR1, say("second")); echo "first\n"; });
        for ($i = 0; $i < 3; ++$i) { posix_kill(me(), SIGUSR1); usleep(1); } pcntl_signal(SIGUSR1, SIG_IGN); posix_kill(me(), SIGUSR1); usleep(1);',
    'callables' => 'class C { function m(int $n) { echo "method $n\n"; } static function s(int $n) { echo "static $n\n"; } function __invoke($n) { echo "invoked $n\n"; } }
        foreach ([[new C, "m"], "C::s", ["C", "s"], new C, (new C)->m(...), "show"] as $h) { pcntl_signal(SIGUSR1, $h); $g = pcntl_signal_get_handler(SIGUSR1); show($g === $h);
        $g === "show" || posix_kill(me(), SIGUSR1); pcntl_signal_dispatch(); }',
    'nested_include' => 'file_put_contents($f = __FILE__ . ".inc", "<?php (function () { pcntl_signal(SIGUSR1, say(\"included\")); })();"); (function () use ($f) { include $f; })(); unlink($f);
        posix_kill(me(), SIGUSR1); pcntl_signal_dispatch();',
    'destructor' => 'class D { function __destruct() { echo "freed\n"; } function h() { echo "handled\n"; } } pcntl_signal(SIGUSR1, [new D, "h"]); posix_kill(me(), SIGUSR1); pcntl_signal_dispatch(); pcntl_signal(SIGUSR1, SIG_DFL); show("end");',
    'generator' => 'pcntl_async_signals(true); $g = (function () { while (true) yield 1; })(); pcntl_signal(SIGUSR1, function () use ($g) { $g->next(); echo "next\n"; }); posix_kill(me(), SIGUSR1); for ($i = 0; $i < 3; ++$i) usleep(1);',
]);
?>
--EXPECT--
--- information
[10,{"signo":10,"errno":0,"code":0,"pid":true,"uid":true}]
[15,{"signo":15,"errno":0,"code":0,"pid":"none"}]
[11,{"signo":11,"errno":0,"code":0,"addr":"double","pid":"none"}]
[4,{"signo":4,"errno":0,"code":0,"addr":"double","pid":"none"}]
[17,{"signo":17,"errno":0,"code":0,"status":0,"utime":0,"stime":0,"pid":true,"uid":true}]
[40,{"signo":40,"errno":0,"code":0,"pid":true,"uid":true}]
--- exception
"thrown"
not dropped 12
--- exception_and_others
["thrown",null]
"end"
--- fiber
"Cannot switch fibers in current execution context"
2
"on"
--- another_handler
first
second 10
second 10
--- callables
true
method 10
true
static 10
true
static 10
true
invoked 10
true
method 10
true
--- nested_include
included 10
--- destructor
handled
freed
"end"
--- generator
next
