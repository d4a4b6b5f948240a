--TEST--
Files, streams, sessions, settings and headers fed with what was read
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/streams_and_settings.php
bgworkers.log_level=error
session.use_cookies=0
session.cache_limiter=
session.use_strict_mode=0
--FILE--
<?php

require __DIR__ . '/snapshot.inc';
session_save_path(temp_path(''));
check([
    'files' => function ($v) { $f = temp_path('file'); file_put_contents($f, $v['list']); file_put_contents($f, $v['text'], FILE_APPEND); $h = fopen($f, 'a+'); fwrite($h, $v['long']); fputcsv($h, $v['flat'], ',', '"', '\\'); rewind($h); $r = [fread($h, 100), fgetcsv($h, null, $v['separator'][0], '"', '\\'), file($f, FILE_IGNORE_NEW_LINES)]; fclose($h); unlink($f); return $r; },
    'file names' => function ($v) { chdir(temp_path('')); touch($v['name']); rename($v['name'], $v['property']); $r = [file_exists($v['property']), stat($v['property'])['size'], is_dir($v['name'])]; unlink($v['property']); return $r; },
    'include' => function ($v) { chdir(temp_path('')); file_put_contents($v['name'], '<?php $v["list"][] = 1; return [$v["text"], __LINE__];'); $r = [include $v['name'], count($v['list'])]; unlink($v['name']); return $r; },
    'stream contexts' => function ($v) { $c = stream_context_create(['http' => $v['flat'], 'mine' => $v['map']], ['notification' => null]); stream_context_set_option($c, 'mine', 'more', $v['list']); $o = stream_context_get_options($c); $o['mine']['c']['x'] = 1; return [$o, stream_context_get_options($c)]; },
    'default context' => function ($v) { stream_context_set_default(['mine' => $v['flat']]); return stream_context_get_options(stream_context_get_default())['mine']; },
    'memory streams and filters' => function ($v) { $h = fopen('php://memory', 'w+'); stream_filter_append($h, 'string.toupper', STREAM_FILTER_WRITE); fwrite($h, $v['text']); rewind($h); $r = stream_get_contents($h); return [$r, file_get_contents('data:text/plain;base64,' . $v['base64'])]; },
    'sockets' => function ($v) { $p = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0); stream_socket_sendto($p[0], $v['text']); fwrite($p[0], $v['utf8']); return fread($p[1], 1000); },
    'select' => function ($v) { $p = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0); fwrite($p[0], $v['one char']); $r = [$v['int'] => $p[1]]; $w = $e = []; $n = stream_select($r, $w, $e, 0); return [$n, array_keys($r)]; },
    'session' => function ($v) { session_id('x' . bin2hex(random_bytes(8))); session_start(); $_SESSION['vars'] = $v; $_SESSION['list'] = $v['list']; $_SESSION['list'][] = 1; $e = session_encode(); session_write_close(); session_start(); $r = [$_SESSION, strlen($e) > 10]; session_decode($e); $s = $_SESSION === $r[0]; session_destroy(); $_SESSION = []; return [$r, $s]; },
    'session name and id' => function ($v) { session_name($v['name']); session_id($v['hex']); $r = [session_name(), session_id()]; session_id(''); session_name('PHPSESSID'); return $r; },
    'ini_set' => function ($v) { $old = ini_set($v['setting'], $v['int']); $r = ini_get($v['setting']); ini_restore($v['setting']); ini_set('user_agent', $v['text']); $u = ini_get('user_agent'); ini_restore('user_agent'); ini_set('include_path', $v['path']); ini_restore('include_path'); ini_set('date.timezone', $v['zone']); ini_restore('date.timezone'); return [$r, $u]; },
    'ini parsing' => fn($v) => [parse_ini_string("a={$v['int']}\nb[]={$v['number']}"), get_cfg_var($v['setting'])],
    'putenv' => function ($v) { putenv($v['name'] . '=' . $v['text']); $r = getenv($v['name']); putenv("$v[name]=$v[hex]"); putenv($v['name']); return [$r, getenv($v['name'])]; },
    'headers' => function ($v) { header($v['name'] . ': ' . $v['text']); header_remove($v['name']); header('X-T: ' . $v['int'], true); return http_response_code(); },
    'processes' => function ($v) { $p = proc_open(['cat'], [['pipe', 'r'], ['pipe', 'w']], $pipes, null, $v['flat']); fwrite($pipes[0], $v['text']); fclose($pipes[0]); $r = stream_get_contents($pipes[1]); proc_close($p); return [$r, exec('echo ' . escapeshellarg($v['text'])), proc_close(proc_open(['true', ...$v['list']], [], $q, null, $v['flat']))]; },
    'error_log' => function ($v) { $f = temp_path('log'); error_log($v['text'], 3, $f); $r = file_get_contents($f); unlink($f); return $r; },
    'setlocale' => fn($v) => [setlocale(LC_ALL, ['C', $v['one char']]), setlocale(LC_ALL, 'C')],
    'wrappers' => function ($v) { return [stream_is_local($v['path']), in_array('file', stream_get_wrappers()), parse_url($v['url'], PHP_URL_HOST)]; },
    'user stream wrapper' => function ($v) { if (!in_array('mine', stream_get_wrappers())) stream_wrapper_register('mine', MyWrapper::class); MyWrapper::$data = $v['long']; return [strlen(file_get_contents('mine://' . $v['name'])), file_put_contents('mine://x', $v['list'])]; },
    'output buffers' => function ($v) { ob_start(fn($b) => $v['function']($b)); echo $v['text']; ob_end_flush(); },
    'assert and options' => fn($v) => [error_get_last() === null, get_debug_type($v), set_include_path(get_include_path()), gethostbyname('127.0.0.1'), ip2long($v['number']), checkdate($v['int'], 1, 2000)],
    'iterating directories' => fn($v) => [is_array(scandir(temp_path(''))), (new SplFileInfo($v['path']))->getExtension(), (new SplTempFileObject)->fwrite($v['text'])],
    'mt_srand and shuffle' => function ($v) { mt_srand((int) $v['int']); return [str_shuffle_sorted($v['text']), mt_rand()]; },
    'publish outside of a worker' => function ($v) { try { BgWorkers\set_vars($v); } catch (RuntimeException) { return 'refused'; } },
]);
function str_shuffle_sorted(string $s): array { $c = str_split(str_shuffle($s)); sort($c); return $c; }
class MyWrapper
{
    public static string $data = '';
    public $context;
    private int $at = 0;
    public function stream_open($path, $mode) { return true; }
    public function stream_read($n) { $r = substr(self::$data, $this->at, $n); $this->at += strlen($r); return $r; }
    public function stream_write($d) { return strlen($d); }
    public function stream_eof() { return $this->at >= strlen(self::$data); }
    public function stream_stat() { return []; }
}
?>
--EXPECT--
all right
