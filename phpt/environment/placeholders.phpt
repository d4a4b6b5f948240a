--TEST--
{instance} and {pid} are filled in, in args[] and the values of env[] alone
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/environment-placeholders/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
use function BgWorkers\{get_vars};
workers([
    'pool' => ['num' => 3, 'args[]' => ['--consumer=c-{instance}-{pid}', '{instance}{instance}', '{name} {Instance} { pid }'], 'env[CONSUMER]' => 'c{instance}',
        'code' => <<<'PHP'
            file_put_contents(__DIR__ . "/seen-$argv[3]", json_encode([...array_slice($argv, 2), $_SERVER['CONSUMER'], $_ENV['CONSUMER'], getenv('CONSUMER'), exec('echo $CONSUMER')]));
            BgWorkers\set_vars([]);
            live();
            PHP],
    '*' => ['args[]' => '{instance}', 'code' => 'BgWorkers\set_vars($argv); live();'],
]);
get_vars('pool');
foreach (['00', '11', '22'] as $instance) {
    $seen = wait_until(fn() => @file_get_contents(temp_path("seen-$instance")));
    echo str_replace(getmypid(), '<pid>', $seen), "\n";
}
echo get_vars('{pid}')[1], ' ', get_vars('{pid}')[2], "\n";
?>
--EXPECT--
["--consumer=c-0-<pid>","00","{name} {Instance} { pid }","c0","c0","c0","c0"]
["--consumer=c-1-<pid>","11","{name} {Instance} { pid }","c1","c1","c1","c1"]
["--consumer=c-2-<pid>","22","{name} {Instance} { pid }","c2","c2","c2","c2"]
{pid} 0
