--TEST--
getopt() shows nobody a shortened $argv, also when its arguments are objects whose text is made by PHP code
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/environment-getopt_may_be_left_and_entered/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['w' => ['args[]' => ['-a', '--long=1'], 'code' => <<<'PHP'
    final class Waits
    {
        public function __construct(private string $text)
        {
        }
        public function __toString(): string
        {
            global $seen;
            $seen[] = $_SERVER['argv'] === $GLOBALS['argv'];
            $seen[] = getopt('a') === ['a' => false];
            Fiber::suspend();
            $seen[] = $_SERVER['argv'] === $GLOBALS['argv'];
            return $this->text;
        }
    }
    $read = fn(array $arguments) => new Fiber(function () use ($arguments) { return getopt(...$arguments); });
    $fibers = [$read([new Waits('a'), ['long:']]), $read(['a', [new Waits('long:')]]), $read(['a', ['long:', new Waits('x')]])];
    array_walk($fibers, fn($fiber) => $fiber->start());
    array_walk($fibers, fn($fiber) => $fiber->resume());
    BgWorkers\set_vars(['seen' => array_unique($seen), 'options' => array_map(fn($fiber) => $fiber->getReturn(), $fibers),
        'argv' => $_SERVER['argv'] === $argv]);
    live();
    PHP]]);
echo json_encode(BgWorkers\get_vars('w')), "\n";
?>
--EXPECT--
{"seen":[true],"options":[{"a":false,"long":"1"},{"a":false,"long":"1"},{"a":false,"long":"1"}],"argv":true}
