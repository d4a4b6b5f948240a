--TEST--
Children of a worker get its environment, however they are started
--EXTENSIONS--
bgworkers
mbstring
--INI--
bgworkers.config={TMP}/bgworkers-phpt/environment-children_get_the_workers_environment/workers.ini
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\get_vars;
require __DIR__ . '/../helpers.inc';

putenv('BGW_PROCESS=of the process');
putenv('BGW_GONE=of the process');
$sendmail = write_file('sendmail.sh', '/usr/bin/env >> ' . temp_path('mails') . "\necho \"arguments: \$*\" >> " . temp_path('mails') . "\ncat > /dev/null\n");
$code = <<<'PHP'
    const TMP = __DIR__;
    // What a child says of the variables; the lines of the last one are its own.
    function of(string $output): array {
        $names = ['BGW_DECLARED', 'BGW_PUT', 'BGW_PROCESS', 'BGW_EMPTY', 'BGW_GONE'];
        preg_match_all('/^(' . implode('|', $names) . ')=(.*)$/m', $output, $lines);
        $found = array_combine($lines[1], $lines[2]);
        return array_map(fn($name) => $found[$name] ?? null, $names);
    }
    function through_buffer(callable $call): string { ob_start(); $call(); return ob_get_clean(); }
    function through_popen(string $mode): string {
        $command = popen($mode === 'r' ? '/usr/bin/env' : 'cat > /dev/null; /usr/bin/env > ' . TMP . '/popen', $mode);
        $mode === 'w' && fwrite($command, 'input');
        $output = $mode === 'r' ? stream_get_contents($command) : '';
        return pclose($command) === 0 ? $output . ($mode === 'w' ? file_get_contents(TMP . '/popen') : '') : 'failed';
    }
    function through_proc_open(string|array $command, mixed ...$more): string {
        $process = proc_open($command, [1 => ['pipe', 'w']], $pipes, ...$more);
        $output = stream_get_contents($pipes[1]);
        return proc_close($process) === 0 ? $output : 'failed';
    }
    function through_mail(callable $send): string {
        @unlink(TMP . '/mails');
        return $send() ? file_get_contents(TMP . '/mails') : 'failed';
    }
    $starts = [
        'exec' => function () { exec('/usr/bin/env', $lines); return implode("\n", $lines); },
        'system' => fn() => through_buffer(fn() => system('/usr/bin/env')),
        'passthru' => fn() => through_buffer(fn() => passthru('/usr/bin/env')),
        'shell_exec' => fn() => shell_exec('/usr/bin/env'),
        'backticks' => fn() => `/usr/bin/env`,
        'called by name' => fn() => call_user_func('shell_exec', '/usr/bin/env'),
        'popen to read' => fn() => through_popen('r'),
        'popen to write' => fn() => through_popen('w'),
        'proc_open with a string' => fn() => through_proc_open('/usr/bin/env'),
        'proc_open with a list' => fn() => through_proc_open(['env']),
        'proc_open with all arguments' => fn() => through_proc_open(['env'], null, null, []),
        'proc_open with options by name' => fn() => through_proc_open(['env'], options: []),
        'proc_open with an environment' => fn() => through_proc_open(['/usr/bin/env'], null, ['BGW_PUT' => 'given']),
        'proc_open with an empty one' => fn() => through_proc_open(['/usr/bin/env'], null, []),
        'mail' => fn() => through_mail(fn() => mail('a@example.org', 'subject', 'text', '', '-f me')),
        'mb_send_mail' => fn() => through_mail(fn() => mb_send_mail('a@example.org', 'subject', 'text')),
        'error_log by mail' => fn() => through_mail(fn() => error_log('text', 1, 'a@example.org')),
    ];
    $vars = ['nothing put' => array_map(fn($start) => of($start()), $starts)];
    foreach (['BGW_PUT=mine', 'BGW_PROCESS=mine, too', 'BGW_EMPTY=', 'BGW_GONE'] as $setting) { putenv($setting); }
    $vars['put'] = array_map(fn($start) => of($start()), $starts);
    putenv('BGW_DECLARED=changed');
    $vars['put again'] = array_map(fn($start) => of($start()), $starts);
    $vars['left'] = [glob(TMP . '/bgworkers-??????'), sys_get_temp_dir() === TMP, ini_get('sendmail_path'), str_contains(file_get_contents(TMP . '/mails'), 'arguments: ')];
    BgWorkers\set_vars($vars);
    live();
    PHP;
workers(['w' => ['env[BGW_DECLARED]' => 'declared', 'ini[sendmail_path]' => "sh $sendmail", 'env[TMPDIR]' => temp_path('') . '/', 'code' => $code]]);
$vars = get_vars('w');
foreach (['nothing put', 'put', 'put again'] as $when) {
    $answers = [];
    foreach ($vars[$when] as $start => $found) {
        $answers[json_encode($found)][] = $start;
    }
    foreach ($answers as $answer => $starts) {
        echo "$when: $answer of ", count($starts) > 3 ? count($starts) : implode(', ', $starts), "\n";
    }
}
echo str_replace(temp_path(''), '{tmp}', json_encode($vars['left'], JSON_UNESCAPED_SLASHES)), "\n";
var_dump(getenv('BGW_PROCESS'), getenv('BGW_GONE'));
?>
--EXPECT--
nothing put: ["declared",null,"of the process",null,"of the process"] of 15
nothing put: [null,"given",null,null,null] of proc_open with an environment
nothing put: [null,null,null,null,null] of proc_open with an empty one
put: ["declared","mine","mine, too","",null] of 15
put: [null,"given",null,null,null] of proc_open with an environment
put: [null,null,null,null,null] of proc_open with an empty one
put again: ["changed","mine","mine, too","",null] of 15
put again: [null,"given",null,null,null] of proc_open with an environment
put again: [null,null,null,null,null] of proc_open with an empty one
[[],true,"sh {tmp}/sendmail.sh",true]
string(14) "of the process"
string(14) "of the process"
