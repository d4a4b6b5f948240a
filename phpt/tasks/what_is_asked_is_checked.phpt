--TEST--
Names, times and payloads are checked as those of get_vars() and set_vars()
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/tasks-what_is_asked_is_checked/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => ['code' => 'while ($task = BgWorkers\receive_task()) { $task->finish(); }', 'max_task_size' => 2000],
    'job' => ['code' => '', 'every' => 3600]]);
use function BgWorkers\{await_tasks, post_task, receive_task, send_task};
foreach (['', '*', '-x', "a\nb", str_repeat('x', 256)] as $name) {
    attempt(fn() => send_task($name));
}
attempt(fn() => post_task(''));
attempt(fn() => send_task('w', timeout: -1.0));
attempt(fn() => post_task('w', [], NAN));
attempt(fn() => await_tasks([], -1));
attempt(fn() => send_task('unknown'));
attempt(fn() => send_task('job'));
attempt(fn() => send_task('w', ['db' => ['pdo' => new stdClass]]));
attempt(fn() => post_task('w', ['f' => fopen('php://memory', 'r')]));
attempt(fn() => send_task('w', ['x' => str_repeat('x', 2000)]));
attempt(fn() => await_tasks([1]));
attempt(fn() => await_tasks([send_task('w'), new stdClass]));
attempt(fn() => send_task('w')->await(-1));
attempt(fn() => send_task('w')->read(NAN));
attempt(fn() => receive_task());
?>
--EXPECTF--
ValueError: BgWorkers\send_task(): Argument #1 ($worker) must not be empty
ValueError: BgWorkers\send_task(): Argument #1 ($worker) must not be "*"
ValueError: BgWorkers\send_task(): Argument #1 ($worker) must not start with "-"
ValueError: BgWorkers\send_task(): Argument #1 ($worker) must not contain control characters
ValueError: BgWorkers\send_task(): Argument #1 ($worker) must not be longer than 255 bytes
ValueError: BgWorkers\post_task(): Argument #1 ($worker) must not be empty
ValueError: BgWorkers\send_task(): Argument #3 ($timeout) must be a number of seconds, 0 or more
ValueError: BgWorkers\post_task(): Argument #3 ($timeout) must be a number of seconds, 0 or more
ValueError: BgWorkers\await_tasks(): Argument #2 ($timeout) must be a number of seconds, 0 or more
RuntimeException: worker "unknown" is not declared; declared: job, w
RuntimeException: worker "job" is a job (every = ...): it takes no tasks
ValueError: $payload['db']['pdo'] is a stdClass object; send null, bool, int, float, string, enum cases and arrays of those
ValueError: $payload['f'] is a resource; send null, bool, int, float, string, enum cases and arrays of those
ValueError: a payload of %d bytes is larger than max_task_size (2000 bytes)
TypeError: BgWorkers\await_tasks(): Argument #1 ($tasks) must be an array of BgWorkers\Task, int given
TypeError: BgWorkers\await_tasks(): Argument #1 ($tasks) must be an array of BgWorkers\Task, stdClass given
ValueError: BgWorkers\Task::await(): Argument #1 ($timeout) must be a number of seconds, 0 or more
ValueError: BgWorkers\Task::read(): Argument #1 ($timeout) must be a number of seconds, 0 or more
RuntimeException: BgWorkers\receive_task() can be called in a background worker only: declare this script in a workers file, it is started when something calls BgWorkers\get_vars(); a request hands work to a worker with BgWorkers\send_task()
