--TEST--
putenv() of a worker: its own getenv() sees it, nobody else, and the process's variables stay as they are
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/environment-putenv_acts_on_one_worker_alone/workers.ini
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\get_vars;
require __DIR__ . '/../helpers.inc';

putenv('BGW_PROCESS=of the process');
putenv('BGW_GONE=of the process');
putenv('TZ=Asia/Tokyo');
workers([
    'puts' => ['env[BGW_DECLARED]' => 'declared', 'code' => <<<'PHP'
        require $_SERVER['argv'][2];
        if (is_file(temp_path('flag-put'))) {
            BgWorkers\set_vars(['second run' => [getenv('BGW_PROCESS'), getenv('BGW_DECLARED'), getenv('BGW_TWICE')]]);
            live();
            return;
        }
        $env = $_ENV;
        $server = $_SERVER;
        $told = [];
        foreach (['BGW_PROCESS=mine', 'BGW_DECLARED=changed', 'BGW_GONE', 'BGW_EMPTY=', 'BGW_EQUALS=a=b', "BGW_NUL=a\0b", 'a.b c=odd', '5=five',
            'BGW_TWICE=1', 'BGW_TWICE=2', 'BGW_BACK=1', 'BGW_BACK', 'TZ=Europe/Paris'] as $setting) {
            $told[] = putenv($setting);
        }
        $names = ['BGW_PROCESS', 'BGW_DECLARED', 'BGW_GONE', 'BGW_EMPTY', 'BGW_EQUALS', 'BGW_NUL', 'a.b c', '5', 'BGW_TWICE', 'BGW_BACK', 'TZ', 'BGW_NEVER'];
        $all = getenv();
        BgWorkers\set_vars([
            'told' => array_unique($told),
            'getenv' => array_map(getenv(...), $names),
            'local' => array_map(fn($name) => getenv($name, true), $names) === array_map(getenv(...), $names),
            'all' => array_map(fn($name) => $all[$name] ?? false, $names) === array_map(getenv(...), $names),
            'the rest' => isset($all['PATH']) && getenv('PATH') === $all['PATH'],
            'globals' => $_ENV === $env && $_SERVER === $server,
            'errors' => [thrown(fn() => putenv('')), thrown(fn() => putenv('=x')), thrown(fn() => putenv(name: 'x')), thrown(fn() => getenv([]))],
        ]);
        raise_flag('put');
        await_flag('end');
        PHP, 'args[]' => __DIR__ . '/../helpers.inc'],
    'other' => 'BgWorkers\set_vars([getenv("BGW_PROCESS"), getenv("BGW_DECLARED"), getenv("BGW_GONE"), getenv("TZ"), trim(shell_exec("echo \$BGW_PROCESS \$BGW_TWICE"))]); live();',
]);
$own = fn() => array_map(getenv(...), ['BGW_PROCESS', 'BGW_DECLARED', 'BGW_GONE', 'BGW_TWICE', 'TZ']);
$before = $own();
foreach (get_vars('puts') as $what => $answer) {
    echo $what, ': ', json_encode($answer), "\n";
}
await_flag('put');
echo json_encode(get_vars('other')), "\n";
var_dump($own() === $before, trim(shell_exec('echo $BGW_PROCESS')), date('T', 0) !== 'JST');
raise_flag('end');
echo json_encode(wait_until(fn() => get_vars('puts')['second run'] ?? null)), "\n";
var_dump($own() === $before);
?>
--EXPECT--
told: [true]
getenv: ["mine","changed",false,"","a=b","a","odd","five","2",false,"Europe\/Paris",false]
local: true
all: true
the rest: true
globals: true
errors: ["ValueError: putenv(): Argument #1 ($assignment) must have a valid syntax","ValueError: putenv(): Argument #1 ($assignment) must have a valid syntax","Error: Unknown named parameter $name","TypeError: getenv(): Argument #1 ($name) must be of type ?string, array given"]
["of the process",false,"of the process","Asia\/Tokyo","of the process"]
bool(true)
string(14) "of the process"
bool(true)
["of the process","declared",false]
bool(true)
