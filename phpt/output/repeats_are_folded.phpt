--TEST--
A line that is printed again and again stands in the log three times, and then how often it came; so do lines of children
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/output-repeats/workers.ini
bgworkers.log_level=error
error_log={PWD}/repeats.log
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers([
    'w' => <<<'PHP'
        for ($i = 0; $i < 60; $i++) { echo "down\n"; }
        echo "something else\n";
        for ($i = 0; $i < 3; $i++) { echo "three times\n"; }
        for ($i = 0; $i < 5; $i++) { echo "one\n", "two\n"; }
        for ($i = 0; $i < 5; $i++) { echo "at the end of the run\n"; }
        if (!is_file(__DIR__ . '/flag-second')) { BgWorkers\set_vars([1]); touch(__DIR__ . '/flag-second'); BgWorkers\should_stop(INF); return; }
        BgWorkers\set_vars([2]);
        live();
        PHP,
    'child' => 'for ($i = 0; $i < 5; $i++) { exec("echo of a child >&2"); } BgWorkers\set_vars([]); live();',
]);
BgWorkers\get_vars('w');
BgWorkers\restart('w');
wait_until(fn () => BgWorkers\get_vars('w') === [2]);
echo implode("\n", log_lines()), "\n\n";
file_put_contents(ini_get('error_log'), '');
BgWorkers\get_vars('child');
BgWorkers\restart('child');
wait_until(fn () => BgWorkers\status()['child']['runs'] === 2);
echo implode("\n", array_slice(log_lines('child'), 0, 4)), "\n";
?>
--CLEAN--
<?php @unlink(__DIR__ . '/repeats.log'); ?>
--EXPECT--
bgworkers: [w] down
bgworkers: [w] down
bgworkers: [w] down
bgworkers: [w] down (… 57 more)
bgworkers: [w] something else
bgworkers: [w] three times
bgworkers: [w] three times
bgworkers: [w] three times
bgworkers: [w] one
bgworkers: [w] two
bgworkers: [w] one
bgworkers: [w] two
bgworkers: [w] one
bgworkers: [w] two
bgworkers: [w] one
bgworkers: [w] two
bgworkers: [w] one
bgworkers: [w] two
bgworkers: [w] at the end of the run
bgworkers: [w] at the end of the run
bgworkers: [w] at the end of the run
bgworkers: [w] at the end of the run (… 2 more)
bgworkers: [w] down
bgworkers: [w] down
bgworkers: [w] down
bgworkers: [w] down (… 57 more)
bgworkers: [w] something else
bgworkers: [w] three times
bgworkers: [w] three times
bgworkers: [w] three times
bgworkers: [w] one
bgworkers: [w] two
bgworkers: [w] one
bgworkers: [w] two
bgworkers: [w] one
bgworkers: [w] two
bgworkers: [w] one
bgworkers: [w] two
bgworkers: [w] one
bgworkers: [w] two
bgworkers: [w] at the end of the run
bgworkers: [w] at the end of the run
bgworkers: [w] at the end of the run

bgworkers: [child] of a child
bgworkers: [child] of a child
bgworkers: [child] of a child
bgworkers: [child] of a child (… 2 more)
