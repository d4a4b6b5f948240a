--TEST--
exec() and its kin answer the same with an environment of the worker's own as without
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/environment-commands_with_an_environment_answer_as_ever/workers.ini
bgworkers.log_level=error
error_log={TMP}/bgworkers-phpt-environment-commands_with_an_environment_answer_as_ever.log
--FILE--
<?php
use function BgWorkers\get_vars;
require __DIR__ . '/../helpers.inc';

$code = <<<'PHP'
    require $_SERVER['argv'][2];
    $buffer = function (callable $call) { ob_start(); $result = $call($status); return [$result, $status, ob_get_clean()]; };
    $both = fn(string $command) => [
        (function () use ($command) { $lines = ['kept']; $last = exec($command, $lines, $status); return [$last, $lines, $status]; })(),
        exec($command),
        $buffer(function (&$status) use ($command) { return system($command, $status); }),
        $buffer(function (&$status) use ($command) { return passthru($command, $status); }),
        shell_exec($command),
        (function () use ($command) { $stream = popen($command, 'r'); return [stream_get_contents($stream), stream_get_meta_data($stream)['stream_type'], pclose($stream)]; })(),
    ];
    $warned = [];
    set_error_handler(function ($level, $message) use (&$warned) { $warned[] = $message; return true; });
    chdir('/usr');
    $answers = [];
    foreach (['echo a; echo "b  "; echo', 'printf "no end"', 'true', 'exit 3', 'kill -9 $$', 'pwd', 'echo "it\'s"', 'printf "\0\1x\n"', 'printf %030000d 1',
        'no-such-command 2> /dev/null', 'cd /; pwd', 'echo $0'] as $command) {
        $answers[$command] = $both($command);
    }
    foreach (['exec', 'system', 'passthru', 'shell_exec', 'popen'] as $function) {
        foreach ([[''], ["a\0b"], [[]], []] as $arguments) {
            $answers[$function][] = thrown(fn() => $function(...$arguments, ...($function === 'popen' && $arguments ? ['r'] : [])));
        }
    }
    foreach (['', 'x', 'rw', 'rbb', 'r+', 'wb', 'rb'] as $mode) { $answers['popen'][] = thrown(fn() => popen('cat', $mode)); }
    $answers[] = thrown(fn() => exec('true', $lines, $status, 1));
    $answers[] = thrown(fn() => proc_open([], [], $pipes));
    $answers[] = thrown(fn() => proc_open('true', ['x' => 1], $pipes));
    $answers[] = (function () { $string = 'a string'; exec('echo x', $string); return $string; })();
    $answers[] = @proc_open(['/no/such/program'], [], $pipes) === false;
    // Streams of popen() that are dropped wait for their child.
    foreach ([fn($stream) => fclose($stream), fn($stream) => pclose($stream), fn($stream) => null] as $close) {
        $stream = popen('cat > ' . temp_path("written-$argv[1]") . '; sleep 0.05; echo end >> ' . temp_path("written-$argv[1]"), 'w');
        fwrite($stream, 'text ');
        $close($stream);
        $stream = null;
        $answers[] = file_get_contents(temp_path("written-$argv[1]"));
        unlink(temp_path("written-$argv[1]"));
    }
    $answers[] = $warned;
    BgWorkers\set_vars($answers);
    live();
    PHP;
$helpers = ['args[]' => __DIR__ . '/../helpers.inc'];
workers(['plain' => ['code' => $code] + $helpers, 'own' => ['code' => $code, 'env[BGW_X]' => 'x'] + $helpers]);
['plain' => $plain, 'own' => $own] = get_vars(['plain', 'own']);
foreach ($plain as $what => $answer) {
    if ($answer !== $own[$what]) {
        echo $what, ":\n ", substr(json_encode($answer), 0, 500), "\n ", substr(json_encode($own[$what]), 0, 500), "\n";
    }
}
echo count($plain), " compared\n", json_encode($own['echo a; echo "b  "; echo'][0]), json_encode($own['kill -9 $$'][0]), json_encode($own['pwd'][1]), "\n";
?>
--CLEAN--
<?php @unlink(sys_get_temp_dir() . '/bgworkers-phpt-environment-commands_with_an_environment_answer_as_ever.log'); ?>
--EXPECT--
26 compared
["",["kept","a","b",""],0]["",["kept"],9]"\/usr"
