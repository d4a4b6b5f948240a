--TEST--
PHP code that runs at the very end of a run publishes, reads and opens the handle as before, and leaves nothing behind
--EXTENSIONS--
bgworkers
session
--INI--
bgworkers.config={TMP}/bgworkers-phpt/leftovers-until_the_request_is_over/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';

$common = <<<'PHP'
enum Suit { case Hearts; case Spades; }
// All of the API, and what it gives goes at once, or is kept.
function use_all(string $from): void
{
    static $n = 0, $kept = [];
    ++$n;
    $vars = ['from' => $from, 'list' => [str_repeat('y', random_int(5, 9)), [$n]], 'suit' => Suit::Hearts, 'n' => $n];
    BgWorkers\set_vars($vars);
    BgWorkers\set_vars($vars);
    $name = $_SERVER['argv'][1];
    $read = BgWorkers\get_vars($name);
    $kept[] = [$read, BgWorkers\get_vars([$name, 'plain']), BgWorkers\get_vars('plain')];
    $kept[] = BgWorkers\get_worker_handle();
    fclose(BgWorkers\get_worker_handle());
    $fresh = BgWorkers\get_worker_handle();
    $right = $read === $vars && $kept[0][2] === ['plain' => [1, 2, 3]] && !BgWorkers\should_stop() && is_resource($fresh);
    BgWorkers\set_vars(['from' => $from, 'right' => $right]);
}
final class Sessions implements SessionHandlerInterface
{
    public function open($path, $name): bool { return true; }
    public function close(): bool { use_all('session close'); return true; }
    public function read($id): string { return ''; }
    public function write($id, $data): bool { use_all('session write'); return true; }
    public function destroy($id): bool { return true; }
    public function gc($n): int { return 0; }
}
final class Late
{
    public $context;
    function stream_open($path) { return true; }
    function stream_write($data) { return strlen($data); }
    function stream_close() { use_all('stream close'); if ($GLOBALS['dies']) { str_repeat('x', PHP_INT_MAX); } }
}
final class Filter extends php_user_filter { public function onClose(): void { use_all('filter of the handle'); } }
final class Destructed { function __destruct() { use_all('destructor'); } }
final class Holder { static $held; }
$dies = false;
function sessions() { ini_set('session.use_cookies', '0'); session_cache_limiter(''); session_set_save_handler(new Sessions, false); session_start(); $_SESSION['a'] = 1; }
function late_stream() { stream_wrapper_register('late', 'Late'); $stream = fopen('late://x', 'w'); fwrite($stream, 'x'); return $stream; }
PHP;
$ends = [
    'session' => ['session close', 'sessions();'],
    'stream' => ['stream close', 'define("HELD", late_stream());'],
    'streams' => ['stream close', 'sessions(); define("HELD", [late_stream(), late_stream()]); use_all("script");'],
    'static' => ['destructor', 'Holder::$held = new Destructed; use_all("script");'],
    'global' => ['destructor', '$object = new Destructed; $object->self = $object;'],
    'shutdown' => ['shutdown function', 'register_shutdown_function("use_all", "shutdown function");'],
    'output' => ['output callback', 'ob_start(function ($text) { use_all("output callback"); return ""; }); echo 1;'],
    'header' => ['destructor', '$object = new Destructed; header_register_callback(function () use ($object) {}); unset($object);'],
    'filter' => ['filter of the handle', 'stream_filter_register("own", "Filter"); use_all("script"); stream_filter_append(BgWorkers\get_worker_handle(), "own");'],
    'exit' => ['stream close', 'define("HELD", late_stream()); exit(0);'],
    'fatal' => ['stream close', 'define("HELD", late_stream()); undefined();'],
    'limit' => ['stream close', 'define("HELD", late_stream()); use_all("script"); str_repeat("x", PHP_INT_MAX);'],
    'again' => ['stream close', 'define("HELD", [late_stream(), late_stream()]); $dies = true; use_all("script");'],
];
$ini = "[plain]\nscript = plain.php\n";
write_file('plain.php', '<?php BgWorkers\set_vars(["plain" => [1, 2, 3]]); BgWorkers\should_stop(INF);');
foreach ($ends as $name => [, $code]) {
    // From its second run on, it waits: what the first one has left behind can be read.
    write_file("$name.php", "<?php if (!is_file(__DIR__ . '/ran-$name')) { touch(__DIR__ . '/ran-$name'); $common BgWorkers\\get_vars('plain'); $code return; }
        BgWorkers\\should_stop(INF);");
    $ini .= "[$name]\nscript = $name.php\n";
}
write_file('workers.ini', $ini);
$reader = 'enum Suit { case Hearts; case Spades; }
    foreach (' . var_export(array_map(fn ($end) => $end[0], $ends), true) . ' as $name => $last) {
        BgWorkers\get_vars($name);
        wait_until(fn () => BgWorkers\status()[$name]["runs"] === 2);
        ["from" => $from, "right" => $right] = BgWorkers\get_vars($name);
        echo str_pad($name, 10), $from, $from === $last ? "" : " INSTEAD OF $last", $right ? "" : ", WRONG", "\n";
    }';
[$exit, $out, $err] = run_php($reader, ['bgworkers.config' => temp_path('workers.ini'), 'display_errors' => '1']);
echo $out, preg_replace('/^bgworkers: .*\n/m', '', $err), $exit, "\n";
?>
--EXPECT--
session   session close
stream    stream close
streams   stream close
static    destructor
global    destructor
shutdown  shutdown function
output    output callback
header    destructor
filter    filter of the handle
exit      stream close
fatal     stream close
limit     stream close
again     stream close
0
