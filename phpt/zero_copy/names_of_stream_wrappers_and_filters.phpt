--TEST--
Stream wrappers and filters may be registered by names that were read: PHP frees its tables of them very late
--EXTENSIONS--
bgworkers
--ENV--
BGWORKERS_PROTECT_SNAPSHOTS=1
--INI--
bgworkers.config={TMP}/bgworkers-phpt/zero_copy-names_of_stream_wrappers_and_filters/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
$publisher = 'require ' . var_export(__DIR__ . '/../helpers.inc', true) . ';
    BgWorkers\set_vars(["scheme" => "scheme-of-the-snapshot", "filter" => "filter.of.the.snapshot"]);
    await_flag($argv[1]);
    BgWorkers\set_vars(["newer"]);
    live(); // nothing more is published: what is freed stays unmapped';
workers(['wrapper' => $publisher, 'filter' => $publisher]);

// In a process of its own: a crash at the end shows there.
$code = <<<'PHP'
class Wrapper { public $context; }
class Filter extends php_user_filter {}
['scheme' => $scheme, 'filter' => $filter] = BgWorkers\get_vars($argv[1]);
$registered = [
    // Names that the request has made itself: with one of those PHP looks at all.
    stream_wrapper_register('own' . mt_rand(1, 9), 'Wrapper'),
    stream_filter_register('own' . mt_rand(1, 9), 'Filter'),
    $argv[1] === 'wrapper' ? stream_wrapper_register($scheme, 'Wrapper') : stream_filter_register($filter, 'Filter'),
];
echo json_encode($registered), "\n";
touch(dirname(ini_get('bgworkers.config')) . "/flag-$argv[1]");
wait_until(fn () => BgWorkers\get_vars($argv[1]) === ['newer']);
PHP;
foreach (['wrapper', 'filter'] as $what) {
    [$exit, $out, $err] = run_php($code, ['bgworkers.config' => temp_path('workers.ini')], arguments: [$what]);
    echo $out, $err, $exit, "\n";
}
?>
--EXPECT--
[true,true,true]
0
[true,true,true]
0
