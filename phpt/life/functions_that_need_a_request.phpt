--TEST--
Functions that need a request answer as without one
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/functions_that_need_a_request.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};
require __DIR__ . '/../helpers.inc';

if (in_worker()) {
    set_vars(['getallheaders' => function_exists('getallheaders') ? getallheaders() : [],
        'apache' => function_exists('apache_request_headers') ? apache_request_headers() : [],
        'headers_sent' => headers_sent(), 'code' => http_response_code(), 'ignore' => ignore_user_abort(), 'reset' => function_exists('opcache_reset') ? opcache_reset() : false]);
    should_stop(INF);
    return;
}
echo json_encode(get_vars('w')), "\n";
?>
--EXPECTF--
{"getallheaders":[],"apache":[],"headers_sent":%s,"code":%s,"ignore":0,"reset":false}
