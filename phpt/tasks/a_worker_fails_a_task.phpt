--TEST--
fail() tells the sender class, message, file and line as data; the run goes on
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/tasks-a_worker_fails_a_task/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => 'class Odd extends DomainException {}
    while ($task = BgWorkers\receive_task()) {
        $task->fail($task->payload["how"] === "text" ? "no such file" : new Odd("not that"));
    }']);
foreach (['text', 'object'] as $how) {
    $task = BgWorkers\send_task('w', ['how' => $how]);
    foreach ([1, 2] as $again) {
        try {
            $task->await();
        } catch (BgWorkers\TaskException $e) {
            var_dump($e->getMessage(), $e->getErrorClass(), basename($e->getErrorFile() ?? ''), $e->getErrorLine());
        }
    }
}
var_dump($e instanceof RuntimeException, class_exists('Odd'), BgWorkers\status()['w']['runs']);
?>
--EXPECT--
string(12) "no such file"
NULL
string(0) ""
NULL
string(12) "no such file"
NULL
string(0) ""
NULL
string(8) "not that"
string(3) "Odd"
string(12) "worker-w.php"
int(5)
string(8) "not that"
string(3) "Odd"
string(12) "worker-w.php"
int(5)
bool(true)
bool(false)
int(1)
