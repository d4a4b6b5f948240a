--TEST--
Reads of one worker may be under way in several fibers, while new versions come and are read
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/enums-several_reads_may_be_under_way/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';

// One version after the other, each when it is wanted, and each with three enums of its own.
workers(['source' => 'require ' . var_export(__DIR__ . '/../helpers.inc', true) . ';
    for ($n = 0; !BgWorkers\should_stop(); ++$n) {
        eval("enum X$n { case A; } enum Y$n { case A; } enum Z$n { case A; }");
        BgWorkers\set_vars(["x" => constant("X$n::A"), "in" => [constant("Y$n::A"), constant("Z$n::A"), $n], "pad" => array_fill(0, 500, "pad $n")]);
        raise_flag("published-$n");
        await_flag("wanted-" . ($n + 1));
    }']);

function next_version(): void
{
    static $n = 0;
    raise_flag('wanted-' . ++$n);
    await_flag("published-$n");
}

function is_whole(array $vars): bool
{
    $n = $vars['in'][2];
    return $vars === ['x' => constant("X$n::A"), 'in' => [constant("Y$n::A"), constant("Z$n::A"), $n], 'pad' => array_fill(0, 500, "pad $n")];
}

function read(): array
{
    $vars = BgWorkers\get_vars('source');
    is_whole($vars) || print("{$vars['in'][2]} is not whole\n");
    return $vars;
}

spl_autoload_register(function (string $class) {
    eval("enum $class { case A; }");
    Fiber::getCurrent() && Fiber::suspend(); // defined, then it waits for something
});

function end_of(Fiber $fiber): array
{
    while (!$fiber->isTerminated()) {
        $fiber->resume();
    }
    return $fiber->getReturn();
}

// b: a fiber begins to read, n: a new version comes, r: it is read here, 0 to 2: that fiber ends. The first versions are
// shared with the snapshots, later ones are copies: the second time all are.
read();
$rounds = ['bb0nr1', 'bb1nr0', 'bnb0r1', 'bnrb1nr0', 'bbnb210r', 'bbnb0r1n2', 'bbb1nr2nr0'];
$kept = [];
foreach ([...$rounds, ...$rounds] as $round) {
    $fibers = [];
    foreach (str_split("n$round") as $step) {
        if ($step === 'b') {
            $fibers[] = $fiber = new Fiber('read');
            $fiber->start();
        } elseif ($step === 'n') {
            next_version();
        } else {
            $kept[] = $step === 'r' ? read() : end_of($fibers[$step]);
        }
    }
    next_version();
    foreach ($kept as $vars) {
        is_whole($vars) || print("{$vars['in'][2]} has changed\n");
    }
}
echo count($kept), "\n";

// Those that end while nothing new is there have one instance.
next_version();
$fibers = [new Fiber('read'), new Fiber('read'), new Fiber('read')];
array_map(fn ($fiber) => $fiber->start(), $fibers);
$first = end_of($fibers[0]);
$before = memory_get_usage();
$others = [end_of($fibers[1]), end_of($fibers[2]), read()];
var_dump(memory_get_usage() - $before < 10000);
?>
--EXPECT--
52
bool(true)
