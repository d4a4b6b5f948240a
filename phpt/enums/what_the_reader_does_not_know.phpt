--TEST--
An enum, or a case, that the reader does not know is a LogicException that names it
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/what_the_reader_does_not_know.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};
require __DIR__ . '/../helpers.inc';

if (in_worker()) {
    eval('namespace App; enum Missing { case Gone; } enum NotAnEnum { case X; } enum Other { case Removed; case Kept; }
        enum Constant { case C; } enum AliasedElsewhere: int { case Y = 1; }');
    $value = ['missing' => App\Missing::Gone, 'class' => App\NotAnEnum::X, 'case' => App\Other::Removed,
        'constant' => App\Constant::C, 'known' => App\Other::Kept][$argv[1]];
    set_vars(['deep' => ['deeper' => [$value]], 'other' => 1]);
    should_stop(INF);
    return;
}
eval('namespace App; class NotAnEnum { const X = 1; } enum Other { case Kept; } enum Constant { case D; const C = self::D; }');
spl_autoload_register(function ($class) { echo "autoload $class\n"; });
foreach (['missing', 'class', 'case', 'constant'] as $name) {
    echo thrown(fn() => get_vars($name)), "\n";
    echo thrown(fn() => get_vars(['known', $name])), "\n";
}
var_dump(get_vars('known')['deep']['deeper'][0]);
echo "-- once it is known\n";
eval('namespace App; enum Missing { case Gone; }');
var_dump(get_vars('missing')['deep']['deeper'][0]);
?>
--EXPECT--
autoload App\Missing
LogicException: The snapshot holds App\Missing::Gone, but that class does not exist here
autoload App\Missing
LogicException: The snapshot holds App\Missing::Gone, but that class does not exist here
LogicException: The snapshot holds App\NotAnEnum::X, but that class is not an enum here
LogicException: The snapshot holds App\NotAnEnum::X, but that class is not an enum here
LogicException: The snapshot holds App\Other::Removed, but that enum has no such case here
LogicException: The snapshot holds App\Other::Removed, but that enum has no such case here
LogicException: The snapshot holds App\Constant::C, but that enum has no such case here
LogicException: The snapshot holds App\Constant::C, but that enum has no such case here
enum(App\Other::Kept)
-- once it is known
enum(App\Missing::Gone)
