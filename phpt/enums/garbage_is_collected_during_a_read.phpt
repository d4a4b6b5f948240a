--TEST--
The garbage collector may run while an old version is let go, and its destructors may read the same worker
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/enums-garbage_is_collected_during_a_read/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['source' => 'require ' . var_export(__DIR__ . '/../helpers.inc', true) . ';
    enum Suit { case Hearts; }
    for ($n = 0; !BgWorkers\should_stop(); ++$n) {
        BgWorkers\set_vars(["n" => $n, "suit" => Suit::Hearts, "deep" => [[Suit::Hearts], $n], "pad" => str_repeat("pad $n ", 1000)]);
        raise_flag("published-$n");
        await_flag("wanted-" . ($n + 1));
    }']);
enum Suit { case Hearts; }

function next_version(): void
{
    static $n = 0;
    raise_flag('wanted-' . ++$n);
    await_flag("published-$n");
}

function is_whole(array $vars): bool
{
    $n = $vars['n'];
    return $vars === ['n' => $n, 'suit' => Suit::Hearts, 'deep' => [[Suit::Hearts], $n], 'pad' => str_repeat("pad $n ", 1000)];
}

final class Garbage
{
    static bool $publishes = false, $reading = false;
    static int $during_reads = 0;
    static array $kept = [];
    public Garbage $self;
    function __construct() { $this->self = $this; }
    function __destruct()
    {
        self::$during_reads += self::$reading;
        if (self::$publishes) {
            next_version();
        }
        self::$kept[] = BgWorkers\get_vars('source');
    }
}

/** Garbage enough that the collector does not wait for more the next time. */
function make_garbage(): void
{
    new Garbage;
    for ($i = 0; $i < 200; ++$i) {
        $cycle = new stdClass;
        $cycle->self = $cycle;
    }
}

$arrays = $kept = [];
foreach ([false, true] as Garbage::$publishes) {
    $before = Garbage::$during_reads;
    for ($i = 0; $i < 4 || (Garbage::$during_reads === $before && $i < 100); ++$i) {
        $kept[] = BgWorkers\get_vars('source'); // kept: what is let go below becomes a possible root of a cycle
        next_version();
        make_garbage();
        // The next possible root makes the collector run, unless there is room by chance. No function: its end would be one.
        while (gc_status()['roots'] < gc_status()['threshold'] - 1) {
            $array = [new stdClass];
            $arrays[] = $array;
            unset($array);
        }
        Garbage::$reading = true;
        $kept[] = BgWorkers\get_vars('source');
        Garbage::$reading = false;
    }
    var_dump(Garbage::$during_reads > $before);
}
Garbage::$publishes = false;
gc_collect_cycles();
var_dump(array_filter([...$kept, ...Garbage::$kept], 'is_whole') === [...$kept, ...Garbage::$kept]);
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
