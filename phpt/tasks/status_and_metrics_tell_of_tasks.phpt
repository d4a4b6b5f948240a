--TEST--
status(), metrics() and what they count
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/tasks-status_and_metrics_tell_of_tasks/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => 'while ($task = BgWorkers\receive_task()) { $task->payload === [] ? $task->finish() : $task->fail("no"); }']);
use function BgWorkers\{metrics, send_task, status};
send_task('w')->await();
thrown(fn() => send_task('w', [1])->await());
$status = status()['w'];
echo json_encode(array_intersect_key($status, array_flip(['queued', 'oldest_queued', 'busy', 'tasks', 'ready', 'state']))), "\n";
echo str_replace(',pid="' . getmypid() . '"', '', implode("\n", preg_grep('/tasks|busy|oldest/', explode("\n", metrics())))), "\n";
?>
--EXPECT--
{"state":"running","ready":false,"queued":0,"oldest_queued":null,"busy":0,"tasks":{"sent":2,"running":0,"done":1,"failed":1,"aborted":0,"cancelled":0,"expired":0,"dropped":0,"rejected":0}}
# TYPE bgworkers_worker_tasks_queued gauge
# HELP bgworkers_worker_tasks_queued Tasks that wait for an instance.
bgworkers_worker_tasks_queued{worker="w"} 0
# TYPE bgworkers_worker_oldest_queued_task_seconds gauge
# UNIT bgworkers_worker_oldest_queued_task_seconds seconds
# HELP bgworkers_worker_oldest_queued_task_seconds How long the first task of the queue has waited; 0 if none waits.
bgworkers_worker_oldest_queued_task_seconds{worker="w"} 0
# TYPE bgworkers_worker_busy_instances gauge
# HELP bgworkers_worker_busy_instances Instances with an open task.
bgworkers_worker_busy_instances{worker="w"} 0
# TYPE bgworkers_worker_tasks counter
# HELP bgworkers_worker_tasks Tasks that have ended, by how they ended.
bgworkers_worker_tasks_total{worker="w",outcome="done"} 1
bgworkers_worker_tasks_total{worker="w",outcome="failed"} 1
bgworkers_worker_tasks_total{worker="w",outcome="aborted"} 0
bgworkers_worker_tasks_total{worker="w",outcome="cancelled"} 0
bgworkers_worker_tasks_total{worker="w",outcome="expired"} 0
bgworkers_worker_tasks_total{worker="w",outcome="dropped"} 0
bgworkers_worker_tasks_total{worker="w",outcome="rejected"} 0
