--TEST--
Values stay right while OPcache is reset again and again, with literals and interned strings published
--EXTENSIONS--
bgworkers
opcache
--INI--
opcache.enable=1
opcache.enable_cli=1
bgworkers.config={PWD}/resets_do_not_reach_what_was_published.ini
opcache.interned_strings_buffer=8
opcache.memory_consumption=32
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};
require __DIR__ . '/../helpers.inc';

const LITERAL = ['literal' => ['nested' => ['an interned string', 'another one', 1.5, ['deep' => ['deeper' => 'x']]]], 'list' => [1, 2, 3]];
function literal(): array
{
    return ['in a function' => ['interned_key' => 'interned value', 'list' => ['a', 'bb', 'ccc']], 'more' => [[], [[]], null]];
}
if (in_worker()) {
    for ($i = 0; $i < 1 || !should_stop(0.0005); ++$i) {
        set_vars(['i' => $i, 'literal' => LITERAL, 'function' => literal(), 'class' => ArrayObject::class, 'line' => 'constant ' . __LINE__]);
        set_vars(LITERAL);
        set_vars(LITERAL);
        set_vars(literal());
        if ($argv[1] === 'short' && $i > 20) {
            return;
        }
    }
    return;
}
$right = static function (array $vars): bool {
    return $vars === LITERAL || $vars === literal() || (isset($vars['i']) && is_int($vars['i']) && $vars['literal'] === LITERAL
        && $vars['function'] === literal() && $vars['class'] === 'ArrayObject' && str_starts_with($vars['line'], 'constant '));
};
$names = ['off', 'short', 'on'];
$kept = get_vars($names);
for ($n = 0; $n < 300; ++$n) {
    $n % 3 || opcache_reset();
    foreach (get_vars($names) as $name => $vars) {
        $right($vars) || die("$name is wrong after $n\n" . var_export($vars, true));
    }
    include_once write_file("piece" . $n % 10 . ".php", "<?php return ['piece $n'];");
    usleep(500);
}
foreach ($kept as $vars) {
    var_dump($right($vars));
}
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
