--TEST--
A setting of bgworkers that does not exist is told when PHP starts, with the one that was meant
--EXTENSIONS--
bgworkers
--INI--
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
$told = function (string ...$names): void {
    [$exit, $out, $err] = run_php('echo "runs\n";', ['display_errors' => '1', 'display_startup_errors' => '1', 'html_errors' => '0', 'log_errors' => '0']
        + array_fill_keys($names, '/x'));
    echo implode(', ', $names), ": ", preg_replace('~ in Unknown on line 0~', '', trim($out . $err)), "\n\n";
};
$told('bgworkers.confg');
$told('bgworker.config');
$told('bgworkers.max_thread', 'BGWorkers.scope', 'bgworkers.no_such_setting');
$told('workers.config', 'bgworkers', 'background.config', 'bgworkers.log_level_of_others_and_more_that_is_long_enough');
?>
--EXPECT--
bgworkers.confg: Warning: bgworkers has no setting "bgworkers.confg", did you mean bgworkers.config?
runs

bgworker.config: Warning: bgworkers has no setting "bgworker.config", did you mean bgworkers.config?
runs

bgworkers.max_thread, BGWorkers.scope, bgworkers.no_such_setting: Warning: bgworkers has no setting "bgworkers.max_thread", did you mean bgworkers.max_threads?

Warning: bgworkers has no setting "BGWorkers.scope", did you mean bgworkers.scope?

Warning: bgworkers has no setting "bgworkers.no_such_setting"
runs

workers.config, bgworkers, background.config, bgworkers.log_level_of_others_and_more_that_is_long_enough: Warning: bgworkers has no setting "bgworkers.log_level_of_others_and_more_that_is_long_enough"
runs
