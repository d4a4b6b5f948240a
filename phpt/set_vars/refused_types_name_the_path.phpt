--TEST--
What cannot be published is refused with its path and type, and readers keep the snapshot before
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/set_vars-refused_types_name_the_path/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => <<<'PHP'
    BgWorkers\set_vars(['kept' => true]);
    $bad = [
        ['db' => ['pdo' => new ArrayObject()]],
        ['f' => fn () => 1],
        [[[STDIN]]],
        [7 => new stdClass()],
    ];
    foreach ($bad as $vars) {
        try {
            BgWorkers\set_vars($vars);
        } catch (ValueError $error) {
            $said[] = get_class($error) . ': ' . $error->getMessage();
        }
        $still[] = BgWorkers\status()['w']['version'];
    }
    $kept = BgWorkers\get_vars('w');
    BgWorkers\set_vars(['said' => $said, 'versions' => count(array_unique($still)), 'kept' => $kept]);
    live();
    PHP]);
wait_until(fn () => isset(BgWorkers\get_vars('w')['said']));
print_r(BgWorkers\get_vars('w'));
?>
--EXPECT--
Array
(
    [said] => Array
        (
            [0] => ValueError: $vars['db']['pdo'] is a ArrayObject object; publish null, bool, int, float, string, enum cases and arrays of those
            [1] => ValueError: $vars['f'] is a Closure object; publish null, bool, int, float, string, enum cases and arrays of those
            [2] => ValueError: $vars[0][0][0] is a resource; publish null, bool, int, float, string, enum cases and arrays of those
            [3] => ValueError: $vars[7] is a stdClass object; publish null, bool, int, float, string, enum cases and arrays of those
        )

    [versions] => 1
    [kept] => Array
        (
            [kept] => 1
        )

)
