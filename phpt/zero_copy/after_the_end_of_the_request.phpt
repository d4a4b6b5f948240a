--TEST--
Session handlers, destructors, stream wrappers and shutdown functions use what was read
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/after_the_end_of_the_request.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};

require __DIR__ . '/snapshot.inc';
if (in_worker()) {
    for ($i = 0; $i < 1 || !should_stop(0.001); ++$i) {
        set_vars(['i' => $i] + snapshot());
    }
    return;
}
final class Handler implements SessionHandlerInterface
{
    public function __construct(public array $vars) {}
    public function open($path, $name): bool { return true; }
    public function close(): bool { check_late('session close', $this->vars); return true; }
    public function read($id): string { return ''; }
    public function write($id, $data): bool { check_late('session write', $this->vars); return strlen($data) > 1000; }
    public function destroy($id): bool { return true; }
    public function gc($n): int { return 0; }
}
final class AtTheEnd { public function __construct(public array $vars) {} public function __destruct() { check_late('destructor', $this->vars); } }
function check_late(string $what, array $vars): void
{
    unset($vars['i']);
    $now = get_vars('w');
    unset($now['i']);
    echo $what, ': ', $vars === snapshot() ? 'right' : 'WRONG', ', ', $now === snapshot() ? 'right' : 'WRONG', "\n";
}
ini_set('session.use_cookies', '0');
ini_set('session.cache_limiter', '');
$vars = get_vars('w');
session_set_save_handler(new Handler($vars), false);
@session_start();
$_SESSION['vars'] = $vars;
$object = new AtTheEnd($vars);
register_shutdown_function(fn() => check_late('shutdown function', $vars));
ob_start(function ($text) use ($vars) { return $text . ($vars['map'] === snapshot()['map'] ? "output: right\n" : "output: WRONG\n"); });
wait_until(fn() => get_vars('w')['i'] > $vars['i'] + 3);
?>
--EXPECT--
shutdown function: right, right
destructor: right, right
output: right
session write: right, right
session close: right, right
