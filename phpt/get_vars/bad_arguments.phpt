--TEST--
Bad names and time-outs are refused before any worker is started
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/get_vars-bad_arguments/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => 'BgWorkers\set_vars([]); live();', '*' => 'BgWorkers\set_vars([]); live();']);
use function BgWorkers\get_vars;
foreach (['', '*', str_repeat('n', 256), '-x', "a\nb", "a\0", "\x7f"] as $name) {
    attempt(fn () => get_vars($name));
    attempt(fn () => get_vars(['w', $name]));
}
attempt(fn () => get_vars([]));
attempt(fn () => get_vars(['w', 5]));
attempt(fn () => get_vars(['w', null]));
attempt(fn () => get_vars('w', -0.1));
attempt(fn () => get_vars('w', NAN));
attempt(fn () => get_vars(['w'], -INF));
attempt(fn () => get_vars('w', 'soon'));
attempt(fn () => get_vars(new stdClass()));
attempt(fn () => BgWorkers\status()['w']['runs']);
attempt(fn () => get_vars(str_repeat('n', 255)));
attempt(fn () => get_vars('ünïcode name'));
?>
--EXPECT--
ValueError: BgWorkers\get_vars(): Argument #1 ($name) must not be empty
ValueError: BgWorkers\get_vars(): Argument #1 ($name) must be a list of names, each of which must not be empty
ValueError: BgWorkers\get_vars(): Argument #1 ($name) must not be "*"
ValueError: BgWorkers\get_vars(): Argument #1 ($name) must be a list of names, each of which must not be "*"
ValueError: BgWorkers\get_vars(): Argument #1 ($name) must not be longer than 255 bytes
ValueError: BgWorkers\get_vars(): Argument #1 ($name) must be a list of names, each of which must not be longer than 255 bytes
ValueError: BgWorkers\get_vars(): Argument #1 ($name) must not start with "-"
ValueError: BgWorkers\get_vars(): Argument #1 ($name) must be a list of names, each of which must not start with "-"
ValueError: BgWorkers\get_vars(): Argument #1 ($name) must not contain control characters
ValueError: BgWorkers\get_vars(): Argument #1 ($name) must be a list of names, each of which must not contain control characters
ValueError: BgWorkers\get_vars(): Argument #1 ($name) must not contain control characters
ValueError: BgWorkers\get_vars(): Argument #1 ($name) must be a list of names, each of which must not contain control characters
ValueError: BgWorkers\get_vars(): Argument #1 ($name) must not contain control characters
ValueError: BgWorkers\get_vars(): Argument #1 ($name) must be a list of names, each of which must not contain control characters
ValueError: BgWorkers\get_vars(): Argument #1 ($name) must not be empty
TypeError: BgWorkers\get_vars(): Argument #1 ($name) must be a list of strings, int given
TypeError: BgWorkers\get_vars(): Argument #1 ($name) must be a list of strings, null given
ValueError: BgWorkers\get_vars(): Argument #2 ($timeout) must be a number of seconds, 0 or more
ValueError: BgWorkers\get_vars(): Argument #2 ($timeout) must be a number of seconds, 0 or more
ValueError: BgWorkers\get_vars(): Argument #2 ($timeout) must be a number of seconds, 0 or more
TypeError: BgWorkers\get_vars(): Argument #2 ($timeout) must be of type float, string given
TypeError: BgWorkers\get_vars(): Argument #1 ($name) must be of type array|string, stdClass given
int(0)
array(0) {
}
array(0) {
}
