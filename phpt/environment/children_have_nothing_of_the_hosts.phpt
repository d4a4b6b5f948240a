--TEST--
Children of a worker read from /dev/null and write to its log, line by line, however they are started; never to a descriptor of the host
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/environment-children_have_nothing_of_the_hosts/workers.ini
error_log={TMP}/bgworkers-phpt/environment-children_have_nothing_of_the_hosts/log
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';

write_file('child.sh', 'cat; echo "out of $1"; echo "error of $1" >&2');
write_file('sendmail.sh', 'cat > /dev/null; echo "out of $1"; echo "error of $1" >&2');
$code = <<<'PHP'
    function child(string $how): string { return 'sh ' . escapeshellarg(__DIR__ . '/child.sh') . ' ' . escapeshellarg($how); }
    function say($what): void { echo "said: ", json_encode($what), "\n"; }
    exec(child('exec'), $lines, $status); say([$lines, $status]);
    say(shell_exec(child('shell_exec')));
    system(child('system'), $status); say($status);
    passthru(child('passthru') . '; exit 7', $status); say($status);
    $p = popen(child('popen r'), 'r'); $read = stream_get_contents($p); say([$read, pclose($p)]);
    $p = popen(child('popen w'), 'w'); fwrite($p, "input\n"); say(pclose($p));
    $p = popen('exit 3', 'r'); say(pclose($p));
    $open = function ($spec, $how) { $p = proc_open(child($how), $spec, $pipes); $piped = array_map('stream_get_contents', $pipes); say([$piped, proc_close($p)]); };
    $open([], 'proc_open');
    $open([1 => ['pipe', 'w']], 'proc_open, piped');
    $open([2 => ['redirect', 1]], 'proc_open, redirected');
    $open([STDIN, STDOUT, STDERR], 'proc_open, constants');
    $open([['file', 'php://stdin', 'r'], ['file', 'php://stdout', 'w'], ['file', 'php://stderr', 'w']], 'proc_open, names');
    $open([5 => ['pipe', 'w'], 0 => ['null']], 'proc_open, others');
    try { proc_open('true', ['x' => ['pipe', 'w']], $pipes); } catch (ValueError $e) { say($e->getMessage()); }
    try { proc_open('true', 'x', $pipes); } catch (TypeError $e) { say($e->getMessage()); }
    say(mail('a@example.org', 'subject', 'text'));
    BgWorkers\set_vars([1]); live();
    PHP;
workers(['w' => ['code' => $code, 'ini[sendmail_path]' => '"sh ' . temp_path('sendmail.sh') . ' mail"']]);
write_file('input', "of the host\n");
$main = write_file('main.php', '<?php BgWorkers\get_vars("w", 30); echo "host: ", json_encode(stream_get_contents(STDIN)), "\n";');
foreach ([[], ['env[OWN]' => '1']] as $more) {
    workers(['w' => ['code' => $code, 'ini[sendmail_path]' => '"sh ' . temp_path('sendmail.sh') . ' mail"'] + $more]);
    @unlink(ini_get('error_log'));
    $php = escapeshellarg(getenv('TEST_PHP_EXECUTABLE') ?: PHP_BINARY) . ' ' . getenv('TEST_PHP_EXTRA_ARGS')
        . ' -d bgworkers.config=' . escapeshellarg(ini_get('bgworkers.config')) . ' -d error_log=' . escapeshellarg(ini_get('error_log')) . ' -d bgworkers.log_level=error ';
    echo shell_exec("$php $main < " . temp_path('input') . ' 2>&1');
    // What a command prints on two ways comes in any order, but before what the worker says of it.
    $seen[] = $lines = [];
    foreach (log_lines('[w] ') as $line) {
        $line = preg_replace('/^bgworkers: \[w\] /', '', $line);
        if (str_starts_with($line, 'said: ')) {
            sort($lines);
            array_push($seen[array_key_last($seen)], ...$lines, ...[$line]);
            $lines = [];
        } else {
            $lines[] = $line;
        }
    }
}
echo implode("\n", $seen[0]), "\n";
var_dump($seen[0] === $seen[1]);
?>
--EXPECT--
host: "of the host\n"
host: "of the host\n"
error of exec
said: [["out of exec"],0]
error of shell_exec
said: "out of shell_exec\n"
error of system
out of system
said: 0
error of passthru
out of passthru
said: 7
error of popen r
said: ["out of popen r\n",0]
error of popen w
input
out of popen w
said: 0
said: 3
error of proc_open
out of proc_open
said: [[],0]
error of proc_open, piped
said: [{"1":"out of proc_open, piped\n"},0]
error of proc_open, redirected
out of proc_open, redirected
said: [[],0]
error of proc_open, constants
out of proc_open, constants
said: [[],0]
error of proc_open, names
out of proc_open, names
said: [[],0]
error of proc_open, others
out of proc_open, others
said: [{"5":""},0]
said: "proc_open(): Argument #2 ($descriptor_spec) must be an integer indexed array"
said: "proc_open(): Argument #2 ($descriptor_spec) must be of type array, string given"
error of mail
out of mail
said: true
bool(true)
