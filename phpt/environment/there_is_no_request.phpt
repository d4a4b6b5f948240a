--TEST--
A worker has no request: no input, no headers, no parameters
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/there_is_no_request.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};
require __DIR__ . '/../helpers.inc';

if (in_worker()) {
    $upload = [];
    set_vars([
        'get' => $_GET, 'post' => $_POST, 'cookie' => $_COOKIE, 'files' => $_FILES, 'request' => $_REQUEST,
        'input' => file_get_contents('php://input'), 'host' => $_SERVER['HTTP_HOST'] ?? null,
        'root' => $_SERVER['DOCUMENT_ROOT'] ?? null, 'headers' => headers_list(), 'time limit' => ini_get('max_execution_time'),
        'aborted' => connection_aborted(), 'display_errors' => ini_get('display_errors'), 'sapi' => PHP_SAPI === php_sapi_name(),
        'time' => abs($_SERVER['REQUEST_TIME_FLOAT'] - microtime(true)) < 30, 'ob_level' => ob_get_level(),
        'included' => array_map('basename', get_included_files())[0], 'main' => realpath($_SERVER['SCRIPT_FILENAME']) === __FILE__,
    ]);
    header('X-Ignored: 1');
    setcookie('ignored', '1');
    should_stop(INF);
    return;
}
foreach (get_vars('w') as $what => $value) {
    echo "$what: ", json_encode($value), "\n";
}
?>
--EXPECT--
get: []
post: []
cookie: []
files: []
request: []
input: ""
host: null
root: ""
headers: []
time limit: "0"
aborted: 0
display_errors: "0"
sapi: true
time: true
ob_level: 0
included: "there_is_no_request.php"
main: true
