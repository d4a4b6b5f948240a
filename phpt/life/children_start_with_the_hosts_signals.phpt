--TEST--
proc_open(), exec() and kin work, and their children start with the host's signal mask
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/children_start_with_the_hosts_signals.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};
require __DIR__ . '/../helpers.inc';

function masks(): array
{
    preg_match_all('/^Sig(Blk|Ign):\s*(\w+)/m', shell_exec('cat /proc/self/status'), $match);
    return $match[2];
}
if (in_worker()) {
    $process = proc_open(['sh', '-c', 'cat; echo err >&2; exit 4'], [['pipe', 'r'], ['pipe', 'w'], ['pipe', 'w']], $pipes);
    fwrite($pipes[0], 'through cat');
    fclose($pipes[0]);
    $out = [stream_get_contents($pipes[1]), stream_get_contents($pipes[2])];
    exec('echo a; echo b; exit 2', $lines, $status);
    set_vars(['masks' => masks(), 'out' => $out, 'exit' => proc_close($process), 'exec' => [$lines, $status], 'backticks' => `echo c`]);
    should_stop(INF);
    return;
}
$own = masks();
$vars = get_vars('w');
var_dump($vars['masks'] === $own);
unset($vars['masks']);
echo json_encode($vars), "\n";
?>
--EXPECT--
bool(true)
{"out":["through cat","err\n"],"exit":4,"exec":[["a","b"],2],"backticks":"c\n"}
