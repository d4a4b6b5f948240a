--TEST--
String functions on what was read
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/strings.php
bgworkers.log_level=error
--FILE--
<?php

require __DIR__ . '/snapshot.inc';
$operations = [
    'replace' => function ($v) { $n = 0; return [str_replace('o', '0', $v['text'], $n), str_replace($v['list'], $v['flat'], $v['text']), str_ireplace('THE', 'a', $v['text']), substr_replace($v['text'], 'X', 4, 5), substr_replace($v['list'], 'X', 0, 1), strtr($v['text'], $v['flat'] + ['fox' => 'cat']), strtr($v['text'], 'abc', 'xyz'), str_replace($v['text'], '', $v['text']), $n]; },
    'nothing to replace' => fn($v) => [str_replace('§', '', $v['text']), strtr($v['text'], '§', '.'), preg_replace('/§/', '', $v['text']), trim($v['text']), strtolower($v['one char']), ucfirst($v['text'])],
    'explode and join' => fn($v) => [explode(' ', $v['text']), explode($v['separator'], $v['text']), str_split($v['text'], 7), mb_str_split($v['utf8'], 3), chunk_split($v['text'], 10), wordwrap($v['text'], 10, "\n", true), sscanf($v['date'], '%d-%d'), str_word_count($v['text'], 2), str_getcsv($v['csv'], ',', '"', '\\'), parse_str_like($v['query'])],
    'format' => fn($v) => [sprintf($v['format'], 5, $v['text']), vsprintf('%s %s %s', $v['list']), number_format($v['pi'], 2, $v['one char'], $v['separator']), str_pad($v['text'], 60, $v['separator'], STR_PAD_BOTH), sprintf("%'x10s", $v['int']), money($v)],
    'tokens' => function ($v) { $r = []; for ($t = strtok($v['text'], ' '); $t !== false; $t = strtok(' ')) $r[] = $t; return $r; },
    'compare' => fn($v) => [strcmp($v['text'], $v['utf8']), strnatcasecmp($v['list'][4], $v['list'][5]), levenshtein($v['list'][0], $v['list'][1]), similar_text($v['text'], $v['utf8'], $p), $p, soundex($v['text']), metaphone($v['text']), strncasecmp($v['text'], 'the', 3), $v['int'] == 42, $v['number'] == '12.50', $v['text'] <=> 'x', hash_equals($v['text'], $v['text'])],
    'numbers' => fn($v) => [$v['int'] + 1, $v['number'] * 2, (int) $v['int'], intval($v['hex'], 16), is_numeric($v['number']), $v['int'] % 5, $v['int'] ** 2, -$v['int'], ~$v['binary'], $v['text'] ^ $v['utf8'], $v['binary'] | "\1", $v['text'] & 'abc'],
    'encode' => fn($v) => [base64_encode($v['binary']), base64_decode($v['base64']), bin2hex($v['binary']), hex2bin($v['hex']), urlencode($v['url']), rawurldecode($v['url']), quoted_printable_encode($v['utf8']), convert_uuencode($v['text']), addslashes($v['csv']), stripslashes($v['text']), addcslashes($v['text'], 'a..z'), nl2br($v['space']), quotemeta($v['regex']), escapeshellarg($v['text'])],
    'html' => fn($v) => [htmlspecialchars($v['html']), html_entity_decode($v['html']), strip_tags($v['html'], '<b>'), strip_tags($v['text']), htmlentities($v['utf8'])],
    'hash' => fn($v) => [md5($v['text']), sha1($v['long']), crc32($v['text']), hash('xxh3', $v['long']), hash_hmac('sha256', $v['text'], $v['one char']), password_verify($v['text'], 'x'), hash_pbkdf2('sha1', $v['text'], $v['utf8'], 1), strlen(crypt($v['text'], '$1$abc$'))],
    'url and path' => fn($v) => [parse_url($v['url']), basename($v['path']), dirname($v['path'], 2), pathinfo($v['path']), realpath($v['path']), file_exists($v['path']), fnmatch('*.txt', $v['path']), glob($v['path'])],
    'find' => fn($v) => [strpos($v['text'], 'fox'), strrpos($v['long'], 'abc'), substr_count($v['long'], 'abc'), str_contains($v['text'], $v['one char']), strstr($v['text'], 'fox'), strrchr($v['path'], '/'), strpbrk($v['text'], 'xyz'), substr($v['text'], 0), substr($v['text'], 4, 5), strspn($v['text'], 'The '), count_chars($v['text'], 3), ucwords($v['text']), strrev($v['text']), str_repeat($v['one char'], 3), lcfirst($v['text']), nl2br($v['text']), similar_text($v['text'], $v['text'])],
    'mbstring' => fn($v) => [mb_strtoupper($v['utf8']), mb_substr($v['utf8'], 1, 5), mb_strlen($v['utf8'], $v['charset']), mb_convert_encoding($v['utf8'], 'ISO-8859-1', $v['charset']), mb_convert_encoding($v['latin1'], $v['charset'], 'ISO-8859-1'), mb_detect_encoding($v['utf8'], ['ASCII', 'UTF-8']), mb_check_encoding($v['binary'], 'UTF-8'), mb_check_encoding($v['utf8'], 'UTF-8'), mb_strwidth($v['utf8']), mb_convert_case($v['text'], MB_CASE_TITLE), mb_encode_mimeheader($v['utf8']), mb_substitute_character(), mb_strpos($v['utf8'], 'ü'), mb_convert_encoding($v['map'], 'UTF-16', 'UTF-8'), mb_convert_encoding($v['list'], 'UTF-8', 'auto'), mb_strimwidth($v['utf8'], 0, 8, $v['one char']), mb_internal_encoding($v['charset'])],
    'mb_convert_variables' => function ($v) { mb_convert_variables('ISO-8859-1', 'UTF-8', $v['utf8'], $v['map'], $v['list']); return $v; },
    'regex' => fn($v) => [preg_match($v['regex'], $v['text'], $m), $m, preg_match_all($v['regex2'], $v['utf8'], $n, PREG_SET_ORDER | PREG_OFFSET_CAPTURE), $n, preg_replace($v['regex'], '$2 $1', $v['list']), preg_replace([$v['regex'], $v['regex2']], ['<$0>', '-'], $v['flat']), preg_replace_callback($v['regex2'], fn($m) => strtoupper($m[0]), $v['text']), preg_split($v['regex2'], $v['text'], -1, PREG_SPLIT_DELIM_CAPTURE), preg_grep($v['regex2'], $v['list']), preg_quote($v['regex']), preg_last_error_msg(), preg_replace_callback_array([$v['regex2'] => fn($m) => '_'], $v['list'])],
    'regex on invalid utf8' => fn($v) => [preg_match('/./u', $v['binary']), preg_last_error_msg(), preg_match('/\x{fc}/u', $v['utf8']), preg_match('/./u', $v['utf8']), preg_match('/./u', $v['text'])],
    'json' => fn($v) => [json_encode(array_diff_key($v, ['binary' => 1, 'latin1' => 1])), json_decode($v['json'], true), json_decode($v['json']), json_encode($v['map'], JSON_PRETTY_PRINT | JSON_PARTIAL_OUTPUT_ON_ERROR), json_encode($v['binary'], JSON_INVALID_UTF8_SUBSTITUTE), json_encode($v['nested'])],
    'serialize' => fn($v) => [unserialize(serialize($v)), unserialize($v['serialized']), serialize($v['nested']), unserialize($v['text'] = 'i:5;'), var_export($v, true), print_r($v['nested'], true)],
    'dumps' => function ($v) { var_dump($v["nested"], $v["binary"]); print_r($v); ob_start(); debug_zval_dump($v); $d = strlen(ob_get_clean()) > 1000; echo $v['text'], $v['pi']; print $v['utf8']; printf('%s', $v['text']); },
    'pack' => fn($v) => [pack('A5', $v['text']), pack('H*', $v['hex']), unpack('C*', $v['binary']), unpack('a3x/a2y', $v['text'])],
    'compress' => fn($v) => [gzuncompress(gzcompress($v['long'])), gzinflate(gzdeflate($v['text'])), strlen(gzencode($v['long'])) > 10],
    'date' => fn($v) => [(new DateTime($v['date'], new DateTimeZone($v['zone'])))->format('c U e'), strtotime($v['date']), date_parse($v['date']), date($v['one char'] . 'Y', 0), date_create_from_format('Y-m-d H:i:s', $v['date'])->getTimestamp(), (new DateTimeImmutable($v['date']))->modify('+1 day')->format('Y'), date_default_timezone_set($v['zone']), date_default_timezone_set('UTC')],
    'filter' => fn($v) => [filter_var($v['int'], FILTER_VALIDATE_INT), filter_var($v['list'], FILTER_DEFAULT, FILTER_REQUIRE_ARRAY), filter_var_array($v['flat'], FILTER_SANITIZE_SPECIAL_CHARS), filter_var($v['url'], FILTER_VALIDATE_URL), ctype_alpha($v['text']), ctype_digit($v['int'])],
    'iconv-like and random' => fn($v) => [utf8_like($v), strlen(random_bytes(3)), lcg_value() < 1, version_compare($v['number'], '12'), strval($v['pi']), gettype($v['text']), is_callable($v['function'])],
    'highlight and tokens' => fn($v) => [count(token_get_all('<?php ' . $v['text'])), highlight_string('<?php $x = 1;', true), php_strip_whitespace(__FILE__) !== '', count(PhpToken::tokenize('<?php ' . $v['json']))],
    'eval' => fn($v) => [eval('return $v["list"];'), eval('$v["list"][] = 1; return $v;'), eval("return '{$v['int']}';")],
];
function parse_str_like(string $query): array { parse_str($query, $result); $result['b'][] = 1; return $result; }
function money(array $v): string { return "{$v['text']} {$v['map']['c']['x']} $v[pi] {$v['list'][0]}" . <<<X
    $v[text] {$v['rows'][0]['name']}
    X; }
function utf8_like(array $v): string { return mb_convert_encoding($v['latin1'], 'UTF-8', 'ISO-8859-1') . mb_scrub($v['binary'], 'UTF-8'); }
check($operations);
?>
--EXPECT--
all right
