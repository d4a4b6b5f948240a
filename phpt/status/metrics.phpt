--TEST--
metrics() is OpenMetrics text: names escaped, publications counted, nothing of what is published
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/status-metrics/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
use function BgWorkers\{get_vars, metrics};

workers([
    'ready' => 'BgWorkers\set_vars(["secret" => 1]); BgWorkers\set_vars(["secret" => "s3cret"]); BgWorkers\set_vars(["secret" => "s3cret"]); live();',
    'a "quoted\name' => 'live();',
    "\u{fc}ml\u{e4}ut \xff\xc3" => 'exit(3);',
    "\xed\xa0\x80 \xf4\x90\x80\x80 \xe2\x82\xac \u{1f600}" => 'live();',
]);
get_vars('ready');
thrown(fn() => get_vars("\u{fc}ml\u{e4}ut \xff\xc3", 0));
wait_until(fn() => str_contains(metrics(), '_crashes_total{worker="üml' . "\u{e4}" . 'ut \\\\xff\\\\xc3",pid="' . getmypid() . '"} 1'));
$text = metrics();
var_dump(preg_match_all('/^bgworkers_worker_.*\{/m', $text) === preg_match_all('/^bgworkers_worker_.*",pid="' . getmypid() . '"[,}]/m', $text));
$text = str_replace(',pid="' . getmypid() . '"', '', $text);
foreach (explode("\n", $text) as $line) {
    if (str_contains($line, '"ready"') && !str_contains($line, '"} 0')) {
        echo preg_replace(['/_bytes(.*) \d+$/', '/_seconds(.*) \d+\.\d+$/'], ['_bytes$1 N', '_seconds$1 N'], $line), "\n";
    }
    if (preg_match('/_ready|_last_exit_status/', $line)) {
        echo $line, "\n";
    }
}
preg_match('/timestamp_seconds\{worker="ready"\} (.*)/', $text, $match);
var_dump(abs($match[1] - microtime(true)) < 60, str_contains($text, 's3cret'), str_ends_with($text, "\n# EOF\n"), preg_match('//u', $text));
?>
--EXPECT--
bool(true)
bgworkers_worker_state{worker="ready",bgworkers_worker_state="running"} 1
# TYPE bgworkers_worker_ready gauge
# HELP bgworkers_worker_ready 1 once the worker has published.
bgworkers_worker_ready{worker="a \"quoted\\name"} 0
bgworkers_worker_ready{worker="ready"} 1
bgworkers_worker_ready{worker="ready"} 1
bgworkers_worker_ready{worker="ümläut \\xff\\xc3"} 0
bgworkers_worker_ready{worker="\\xed\\xa0\\x80 \\xf4\\x90\\x80\\x80 € 😀"} 0
bgworkers_worker_instances{worker="ready"} 1
bgworkers_worker_runs_total{worker="ready"} 1
# TYPE bgworkers_worker_last_exit_status gauge
# HELP bgworkers_worker_last_exit_status Exit status of the last run that ended.
bgworkers_worker_last_exit_status{worker="ümläut \\xff\\xc3"} 3
bgworkers_worker_publications_total{worker="ready"} 2
bgworkers_worker_snapshot_size_bytes{worker="ready"} N
bgworkers_worker_snapshot_timestamp_seconds{worker="ready"} N
bgworkers_worker_looked_timestamp_seconds{worker="ready"} N
bool(true)
bool(false)
bool(true)
int(1)
