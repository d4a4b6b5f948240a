--TEST--
Standard streams of a worker can be selected, and asked what they are; their descriptors are its own
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/standard_streams_have_descriptors.php
bgworkers.log_level=error
error_log={PWD}/standard_streams_have_descriptors.log
--FILE--
<?php
require __DIR__ . '/../helpers.inc';

function of_the_host(): array
{
    return array_map(fn ($number) => [$number, @readlink("/proc/self/fd/$number")], [0, 1, 2]);
}

print_in_worker(function () {
    $before = of_the_host();
    foreach (['STDIN' => STDIN, 'STDOUT' => STDOUT, 'STDERR' => STDERR, 'php://stdin' => fopen('php://stdin', 'r'), 'php://stderr' => fopen('php://stderr', 'w')] as $name => $stream) {
        $input = str_contains(strtolower($name), 'stdin');
        $read = $input ? [$stream] : [];
        $write = $input ? [] : [$stream];
        $none = null;
        echo "$name: ", stream_select($read, $write, $none, 5), ' ', json_encode([stream_set_blocking($stream, false), stream_isatty($stream),
            is_array(fstat($stream)), feof($stream)]), "\n";
    }
    var_dump(fgets(STDIN), feof(STDIN));
    $descriptors = count(scandir('/proc/self/fd'));
    for ($i = 0; $i < 50; ++$i) {
        $stream = fopen(['php://stdin', 'php://stderr', 'php://fd/1'][$i % 3], $i % 3 ? 'w' : 'r');
        fstat($stream);
        $process = proc_open('true', [1 => $i % 2 ? STDERR : ['file', 'php://stdout', 'w']], $pipes);
        proc_close($process);
    }
    $stream = null;
    var_dump(count(scandir('/proc/self/fd')) === $descriptors);
    file_put_contents('php://fd/2', "by number\n");
    fclose(STDIN);
    fclose(STDOUT);
    fclose(STDERR);
    exec('echo late >&2');
    var_dump(of_the_host() === $before);
});
echo implode("\n", log_lines('[worker]')), "\n";
?>
--CLEAN--
<?php @unlink(__DIR__ . '/standard_streams_have_descriptors.log'); ?>
--EXPECT--
STDIN: 1 [true,false,true,false]
STDOUT: 1 [true,false,true,false]
STDERR: 1 [true,false,true,false]
php://stdin: 1 [true,false,true,false]
php://stderr: 1 [true,false,true,false]
bool(false)
bool(true)
bool(true)
bool(true)
bgworkers: [worker] by number
bgworkers: [worker] late
