--TEST--
A shared worker takes no tasks, and needs shared memory: what cannot be is a mistake of the file that says so
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/shared-mistakes_of_the_file/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';

function say(string $keys, array $ini = [], string $section = 'w'): void
{
    workers([$section => ['code' => 'BgWorkers\set_vars(["fine"]); live();']]);
    write_file('workers.ini', "[$section]\nscript = " . ($section === '*' ? 'worker-_' : "worker-$section") . ".php\n$keys\n");
    $ini += ['bgworkers.config' => temp_path('workers.ini')];
    echo run_php('try { echo BgWorkers\get_vars("w", 10)[0], "\n"; } catch (RuntimeException $e) { echo $e->getMessage(), "\n"; }', $ini)[1];
}

say('shared = 2');
say('shared = yes');
foreach (['queue = 5', 'max_task_size = 1K', 'task_timeout = 2', 'max_tasks = 3', 'concurrency = 2'] as $key) {
    say("shared = 1\n$key");
}
say("queue = 5\nshared = 1");
say('shared = 1', ['bgworkers.shared_memory' => '0']);
say('shared = 0', ['bgworkers.shared_memory' => '0']);
say('shared = 1');
say("shared = 1\nnum = 2");
say("shared = 1\nevery = 60");
say('shared = 1', section: '*');
?>
--EXPECTF--
{tmp}/workers.ini:3: shared must be 0 or 1, "2" given
{tmp}/workers.ini:3: shared must be 0 or 1, "yes" given
{tmp}/workers.ini:%d: shared%squeue%sa shared worker takes no tasks%S
{tmp}/workers.ini:%d: shared%smax_task_size%sa shared worker takes no tasks%S
{tmp}/workers.ini:%d: shared%stask_timeout%sa shared worker takes no tasks%S
{tmp}/workers.ini:%d: shared%smax_tasks%sa shared worker takes no tasks%S
{tmp}/workers.ini:%d: shared%sconcurrency%sa shared worker takes no tasks%S
{tmp}/workers.ini:%d: %sa shared worker takes no tasks%S
{tmp}/workers.ini:3: shared%sbgworkers.shared_memory%S
fine
fine
fine
fine
fine
