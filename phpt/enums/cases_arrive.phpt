--TEST--
Unit and backed enum cases arrive as the reader's own cases, at any depth
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/cases_arrive.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};
require __DIR__ . '/../helpers.inc';

enum Unit { case One; case Two; }
enum Backed: string { case Hearts = 'H'; case Spades = 'S'; const ALIAS = self::Spades; }
enum Number: int { case Zero = 0; case Max = PHP_INT_MAX; }
enum WithMembers: string implements JsonSerializable {
    case A = 'a';
    const NOT_A_CASE = 'x';
    public static function all(): array { return self::cases(); }
    public function jsonSerialize(): mixed { return "it's {$this->name}"; }
}
function vars(): array
{
    return ['one' => Unit::One, 'list' => [Unit::Two, Unit::One, Unit::Two], 'deep' => ['a' => ['b' => ['c' => [Backed::ALIAS]]]],
        'numbers' => [5 => Number::Zero, -3 => Number::Max], 'plain' => ['untouched' => [1, 2, 3]], 'members' => WithMembers::A,
        Unit::class => Backed::Hearts];
}
if (in_worker()) {
    set_vars(vars());
    should_stop(INF);
    return;
}
$vars = get_vars('w');
var_dump($vars === vars(), $vars['one'] === Unit::One, $vars['deep']['a']['b']['c'][0]);
echo json_encode($vars['members']), "\n";
var_dump(get_vars('w') === $vars, get_vars(['w'])['w'] === $vars);
echo match ($vars['list'][0]) { Unit::One => 'one', Unit::Two => 'two' }, "\n";
?>
--EXPECT--
bool(true)
bool(true)
enum(Backed::Spades)
"it's A"
bool(true)
bool(true)
two
