--TEST--
A case that is marked as deprecated is read in silence: data that holds it is no use of its name in code
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/deprecated_cases_are_read_in_silence.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};
require __DIR__ . '/../helpers.inc';

enum Level: int
{
    #[\Deprecated('use High')]
    case Top = 3;
    case High = 4;
    const LIMIT = 5;
}
enum Broken: int
{
    case Bad = NOWHERE * 2;
}

if (in_worker()) {
    if (in_worker('broken')) {
        define('NOWHERE', 1);
        set_vars(['is' => Broken::Bad]);
    } else {
        set_vars(['level' => Level::from(3), 'list' => Level::cases()]);
    }
    should_stop(INF);
    return;
}
set_error_handler(fn ($number, $message) => throw new ErrorException($message, 0, $number));
$read = get_vars('w');
var_dump($read['level'] === Level::from(3), $read['list'] === Level::cases());
attempt(fn () => get_vars('broken'));
?>
--EXPECT--
bool(true)
bool(true)
Error: Undefined constant "NOWHERE"
