--TEST--
Whoever waits hears why runs end: what the script's own handlers took, what it said at its exit or on STDERR, where a chain of exceptions begins; never what it printed
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/life-the_cause_of_an_end_is_told/workers.ini
error_log={TMP}/bgworkers-phpt/life-the_cause_of_an_end_is_told/log
--FILE--
<?php
use function BgWorkers\{get_vars, status};
require __DIR__ . '/../helpers.inc';

$ends = [
    'handler exits' => 'set_exception_handler(function ($e) { try { throw new Exception("of the handler"); } catch (Exception) {} echo "a secret"; exit(255); }); throw new LogicException("no database");',
    'handler returns' => 'set_exception_handler(function ($e) { echo "page"; }); throw new LogicException("no database");',
    'handler dies' => 'set_exception_handler(function ($e) { fwrite(STDERR, "sorry\n"); die("bye"); }); throw new LogicException("no database");',
    'handler throws' => 'set_exception_handler(function ($e) { throw new RuntimeException("handler failed"); }); throw new LogicException("first");',
    'chain' => 'try { try { throw new DomainException("refused"); } catch (Exception $e) { throw new LogicException("middle", 0, $e); } } catch (Exception $e) { throw new RuntimeException("outer", 0, $e); }',
    'chain to handler' => 'set_exception_handler(fn () => exit(1)); throw new RuntimeException("outer", 0, new LogicException("inner"));',
    'chain in shutdown' => 'register_shutdown_function(function () { throw new RuntimeException("outer", 0, new LogicException("inner")); });',
    'ring' => '$a = new Exception("a"); $b = new Exception("b", 0, $a); $p = new ReflectionProperty("Exception", "previous"); $p->setValue($a, $b); throw $a;',
    'anonymous' => 'throw new class("nameless", 7) extends RuntimeException {};',
    'anonymous in shutdown' => 'register_shutdown_function(function () { throw new class("nameless", 7) extends RuntimeException {}; });',
    'trace in a message' => 'throw new Exception("x in /y.php:3\nStack trace:\n#0 {main}\n\nNext Error: z");',
    'stderr' => 'echo "a secret\n"; fwrite(STDERR, "first\nthe queue is gone\n\n"); exit(3);',
    'stderr by its name' => 'file_put_contents("php://stderr", "the queue"); $f = fopen("php://stderr", "w"); fwrite($f, " is gone"); exit(3);',
    'long stderr' => 'fwrite(STDERR, str_repeat("é", 5000)); exit(3);',
    'stdout' => 'echo "a secret"; fwrite(STDOUT, "a secret\n"); exit(3);',
    'exit text' => 'register_shutdown_function(fn () => exit(4)); exit("no\nmemory\x1b[0m left");',
    'die, status 0' => 'die("cannot connect");',
    'handled error' => 'set_error_handler(fn () => true); trigger_error("dealt with", E_USER_ERROR); @trigger_error("silenced", E_USER_WARNING); fwrite(STDERR, "the queue is gone"); exit(3);',
    'unhandled error' => 'set_error_handler(fn () => false); trigger_error("not dealt with", E_USER_ERROR);',
    'first of two' => 'register_shutdown_function(function () { throw new LogicException("second"); }); throw new LogicException("first");',
    'odd properties' => 'class Odd extends Exception { function __construct() { unset($this->message, $this->file); $this->line = 5; } function __get($n) { echo "a secret"; exit(9); } } set_exception_handler(fn () => exit(1)); throw new Odd;',
    'clean' => 'set_exception_handler(fn () => exit(0)); throw new LogicException("no database");',
];
workers(array_map(fn ($code) => ['code' => $code, 'max_consecutive_failures' => 1], $ends));
foreach (array_keys($ends) as $name) {
    attempt_quietly($name);
}
function attempt_quietly(string $name): void
{
    try {
        get_vars($name, 20);
    } catch (Throwable $e) {
        $is = status()[$name];
        $message = str_replace(temp_path(''), '', $is['last_error'] ?? '-');
        echo "$name: ", $is['last_exit_status'], ' ', $message, str_contains($e->getMessage(), $is['last_error'] ?? '') ? '' : ' BUT ' . $e->getMessage(), "\n";
    }
}
var_dump(count(log_lines('event=exited')) >= count($ends), array_filter(log_lines('event='), fn ($line) => str_contains($line, 'secret')));
?>
--EXPECTF--
handler exits: 255 LogicException: no database in /worker-handler_exits.php:3
handler returns: 0 the script ended without a call of BgWorkers\set_vars(); LogicException: no database in /worker-handler_returns.php:3
handler dies: 0 the script ended without a call of BgWorkers\set_vars(); LogicException: no database in /worker-handler_dies.php:3
handler throws: 255 RuntimeException: handler failed in /worker-handler_throws.php:3; first cause: LogicException: first in /worker-handler_throws.php:3
chain: 255 RuntimeException: outer in /worker-chain.php:3; first cause: DomainException: refused in /worker-chain.php:3
chain to handler: 1 RuntimeException: outer in /worker-chain_to_handler.php:3; first cause: LogicException: inner in /worker-chain_to_handler.php:3
chain in shutdown: 255 RuntimeException: outer in /worker-chain_in_shutdown.php:3; first cause: LogicException: inner in /worker-chain_in_shutdown.php:3
ring: 255 Exception: a in /worker-ring.php:3
anonymous: 255 RuntimeException@anonymous: nameless in /worker-anonymous.php:3
anonymous in shutdown: 255 RuntimeException@anonymous: nameless in /worker-anonymous_in_shutdown.php:3
trace in a message: 255 Exception: x in /y.php:3
Stack trace:
#0 {main}

Next Error: z in /worker-trace_in_a_message.php:3
stderr: 3 it said on STDERR: the queue is gone
stderr by its name: 3 it said on STDERR: the queue is gone
long stderr: 3 it said on STDERR: éééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé...
stdout: 3 -
exit text: 4 it ended with the words: no memory [0m left
die, status 0: 0 the script ended without a call of BgWorkers\set_vars(); it ended with the words: cannot connect
handled error: 3 it said on STDERR: the queue is gone
unhandled error: 255 not dealt with in /worker-unhandled_error.php:3
first of two: 255 LogicException: first in /worker-first_of_two.php:3
odd properties: 1 Odd in unknown:5
clean: 0 the script ended without a call of BgWorkers\set_vars(); LogicException: no database in /worker-clean.php:3
bool(true)
array(0) {
}
