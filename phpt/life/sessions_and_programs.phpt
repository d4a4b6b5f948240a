--TEST--
Sessions, and programs that print, in a worker
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/sessions_and_programs.php
error_log={PWD}/programs.log
session.cache_limiter=nocache
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};
require __DIR__ . '/../helpers.inc';

if (in_worker()) {
    session_save_path(temp_path(''));
    session_id('worker1');
    $started = session_start();
    $_SESSION['n'] = ($_SESSION['n'] ?? 0) + 1;
    session_write_close();
    session_start();
    $_SESSION['n']++;
    session_write_close();
    $last = system('echo from system', $status);
    passthru('printf "from\npassthru\n"');
    readfile(__DIR__ . '/inc/SameClass.inc', false) > 100;
    fpassthru(popen('echo from popen', 'r'));
    setcookie('a', 'b');
    header('Location: /x');
    http_response_code(404);
    set_vars(['started' => $started, 'n' => $_SESSION['n'], 'system' => $last, 'status' => $status, 'error' => error_get_last()]);
    should_stop(INF);
    return;
}
echo json_encode(get_vars('w')), "\n";
echo implode("\n", preg_grep('/from|passthru|Warning/', log_lines('[w]'))), "\n";
?>
--CLEAN--
<?php @unlink(__DIR__ . '/programs.log'); ?>
--EXPECT--
{"started":true,"n":2,"system":"from system","status":0,"error":null}
bgworkers: [w] from system
bgworkers: [w] from
bgworkers: [w] passthru
bgworkers: [w] from popen
