--TEST--
The functions of workers throw outside of one
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/set_vars-refusals-outside_a_worker/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../../helpers.inc';
workers(['w' => 'BgWorkers\set_vars([]); live();']);
attempt(fn () => BgWorkers\set_vars(['a' => 1]));
attempt(fn () => BgWorkers\get_worker_handle());
attempt(fn () => BgWorkers\should_stop());
attempt(fn () => BgWorkers\set_vars('no array'));
?>
--EXPECT--
RuntimeException: BgWorkers\set_vars() can be called in a background worker only: declare this script in a workers file, it is started when something calls BgWorkers\get_vars(); a request hands work to a worker with BgWorkers\send_task()
RuntimeException: BgWorkers\get_worker_handle() can be called in a background worker only: declare this script in a workers file, it is started when something calls BgWorkers\get_vars(); a request hands work to a worker with BgWorkers\send_task()
RuntimeException: BgWorkers\should_stop() can be called in a background worker only: declare this script in a workers file, it is started when something calls BgWorkers\get_vars(); a request hands work to a worker with BgWorkers\send_task()
TypeError: BgWorkers\set_vars(): Argument #1 ($vars) must be of type array, string given
