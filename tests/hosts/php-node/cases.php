<?php
// Node's php-node: a ZTS libphp that was not built here, inside a process of JavaScript. PHP_NODE names the npm package.

$package = (string) getenv('PHP_NODE');
$library = "$package/npm/linux-x64-gnu/libphp.so";
if (!is_file($library)) {
    return 'no @platformatic/php-node for this system here (PHP_NODE names it)';
}
if (PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION !== '8.4' || PHP_DEBUG) {
    return 'php-node brings PHP 8.4, which takes extensions of the 8.4 release engine alone';
}

require_once __DIR__ . '/../common_suite.php';

class PhpNode extends WebHost
{
    public function __construct(Scratch $scratch, array $settings)
    {
        parent::__construct($scratch);
        $this->process = self::run($scratch, $settings, [__DIR__ . '/server.js', $this->address, $scratch->dir]);
        $this->await_answer();
    }

    /** @param list<string> $arguments  of node */
    public static function run(Scratch $scratch, array $settings, array $arguments, bool $with_extension = true): Process
    {
        $package = getenv('PHP_NODE');
        $ini = $with_extension ? 'extension = ' . getenv('EXTENSION') . "\n" : '';
        foreach ($settings + ['error_log' => "$scratch->dir/php.log"] as $name => $value) {
            $ini .= "$name = \"$value\"\n";
        }
        @mkdir($scratch->file('ini'));
        $scratch->file('ini/php.ini', $ini);
        // Its own libphp keeps its symbols to itself; an extension needs them.
        return $scratch->start(['node', ...$arguments], 'node.out', ['PHP_NODE' => $package, 'PHPRC' => "$scratch->dir/ini",
            'LD_PRELOAD' => "$package/npm/linux-x64-gnu/libphp.so", 'UV_THREADPOOL_SIZE' => '8'] + getenv());
    }

    public function stop(): int|string
    {
        if ($this->process->runs()) {
            @$this->get('/stop');
        }
        return $this->process->wait(30);
    }

    public function log(): string
    {
        // PHP stamps each line of its error_log.
        return preg_replace('/^\[[^]]*\] /m', '', $this->scratch->read('php.log')) . $this->scratch->read('node.out');
    }

    public function ordinary_lines(): string
    {
        return 'nothing ordinary';
    }
}

return [
    ...common_cases(fn (Scratch $scratch, array $workers, array $settings) =>
        new PhpNode($scratch, $settings + ['bgworkers.config' => $scratch->workers($workers)])),

    'hundreds of requests in flight from JavaScript get their own answers' => function (Scratch $scratch) {
        $scratch->file('index.php', '<?php $v = BgWorkers\get_vars("w"); usleep(random_int(0, 3000)); echo $v["n"] > 0 && BgWorkers\get_vars("w")["n"] >= $v["n"] ? "own " . $_GET["n"] : "wrong";');
        $config = $scratch->workers(['w' => 'for ($n = 1; !BgWorkers\should_stop(0.0005); ++$n) { echo "FOREIGN\n"; header("X-Foreign: 1"); trigger_error("FOREIGN"); BgWorkers\set_vars(["n" => $n]); }']);
        $node = PhpNode::run($scratch, ['bgworkers.config' => $config], [__DIR__ . '/in_flight.js', $scratch->dir, 'index.php', '1000']);
        expect_same(0, $node->wait(60), 'exit code of node');
        expect_same('{"200 own log: exception:null":1000}', trim($scratch->read('node.out')), 'answers');
    },

    'with no request it starts and ends as without the extension' => function (Scratch $scratch) {
        foreach ([false, true] as $with_extension) {
            $node = PhpNode::run($scratch, [], ['-e', 'new (require(process.env.PHP_NODE).Php)({ docroot: "/" });'], $with_extension);
            expect_same(0, $node->wait(), 'exit code of node');
        }
        expect_same('', $scratch->read('node.out') . $scratch->read('php.log'), 'output');
    },
];
