--TEST--
STDIN is at its end, STDOUT and STDERR go to the log; none of them is a descriptor of the host
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/standard_streams.php
error_log={PWD}/standard_streams.log
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};
require __DIR__ . '/../helpers.inc';

if (in_worker()) {
    $facts = [
        'stdin' => [fgets(STDIN), feof(STDIN), stream_get_contents(fopen('php://stdin', 'r'))],
        'types' => [is_resource(STDIN), is_resource(STDOUT), is_resource(STDERR)],
        'written' => [fwrite(STDOUT, "to STDOUT\n"), fwrite(STDERR, "to STDERR\n")],
    ];
    foreach (['stdout', 'stderr', 'output'] as $url) {
        $stream = fopen("php://$url", 'w');
        fwrite($stream, "to php://$url\n");
        fclose($stream);
        $stream = fopen(strtoupper("php://$url"), 'w');
        fwrite($stream, "once more to php://$url\n");
    }
    file_put_contents('php://stdout', "put\n");
    fclose(STDOUT);
    fclose(STDERR);
    fclose(STDIN);
    echo "after closing\n";
    set_vars($facts);
    should_stop(INF);
    return;
}
echo json_encode(get_vars('w')), "\n";
echo implode("\n", log_lines('[w]')), "\n";
fwrite(STDOUT, "the host's own is open\n");
?>
--CLEAN--
<?php @unlink(__DIR__ . '/standard_streams.log'); ?>
--EXPECT--
{"stdin":[false,true,""],"types":[true,true,true],"written":[10,10]}
bgworkers: [w] to STDOUT
bgworkers: [w] to STDERR
bgworkers: [w] to php://stdout
bgworkers: [w] once more to php://stdout
bgworkers: [w] to php://stderr
bgworkers: [w] once more to php://stderr
bgworkers: [w] to php://output
bgworkers: [w] once more to php://output
bgworkers: [w] put
bgworkers: [w] after closing
the host's own is open
