<?php
// OPcache restarts: asked for all the time, and made by a cache too small for the scripts; with preloading, or with JIT.
// Each process of the host runs one request at a time, for with more of them PHP itself crashes at a restart.

/**
 * @param callable(Scratch, array $workers, array $settings): array{callable, callable} $start  with INI settings of the
 *        process; gives what asks for many paths at once and returns the bodies, and what ends the host and looks at how
 * @param string $opcache  the extension as zend_extension takes it
 */
function opcache_storm_cases(callable $start, string $opcache = 'opcache'): array
{
    $cases = [];
    // Not preloading and JIT together: with both, PHP 8.4 crashes at restarts without the extension, too.
    foreach (['preloading' => ['disable', true], 'the function JIT' => ['function', false], 'the tracing JIT' => ['tracing', false]] as $with => [$jit, $preload]) {
        $cases["OPcache restarts all the time, with $with: no crash, and no wrong value"] = function (Scratch $scratch) use ($start, $opcache, $jit, $preload) {
            $settings = [
                'zend_extension' => $opcache, 'opcache.enable' => '1', 'opcache.jit' => $jit, 'opcache.jit_buffer_size' => '16M',
                'opcache.memory_consumption' => '8', 'opcache.interned_strings_buffer' => '1', 'opcache.max_accelerated_files' => '200',
                'opcache.max_wasted_percentage' => '1', 'opcache.revalidate_freq' => '0',
            ];
            if ($preload) {
                $settings['opcache.preload'] = $scratch->file('preload.php', '<?php opcache_compile_file(__DIR__ . "/classes.php");');
                $settings += posix_getuid() === 0 ? ['opcache.preload_user' => 'nobody'] : [];
            }
            opcache_storm($scratch, $start, $settings);
        };
    }
    return $cases;
}

function opcache_storm(Scratch $scratch, callable $start, array $settings): void
{
    chmod($scratch->dir, 0777);
    $scratch->file('classes.php', '<?php class Preloaded { const PARTS = ["literal" => ["a" => "interned", "b" => [1, 2, "three"]]];
        static function parts(): array { return self::PARTS + ["made" => array_map(fn ($i) => "item $i", range(1, 5))]; } }
        enum Suit: string { case Hearts = "h"; case Spades = "s"; }');
    $load = 'class_exists("Preloaded", false) || include __DIR__ . "/classes.php"; ';
    $publish = $load . 'for ($n = 1; !BgWorkers\should_stop(0.0005); ++$n) { BgWorkers\set_vars(Preloaded::parts() + ["suit" => Suit::Hearts, "n" => $n, "again" => array_fill(0, 20, "n $n")]); }';
    $scratch->file('index.php', "<?php $load" . <<<'PHP'

        $which = $_GET['n'] % 2 ? 'w' : 'second';
        $before = BgWorkers\get_vars($which);
        include __DIR__ . '/part' . $_GET['n'] % 40 . '.php';
        // Reset by hand in a hundred requests; in the next three hundred the cache fills, with what is outdated, until it restarts.
        if (intdiv($_GET['n'], 100) % 4 === 0) {
            if ($_GET['n'] % 3 === 0) { opcache_reset(); }
        } else {
            opcache_invalidate(__DIR__ . '/part' . $_GET['n'] % 40 . '.php', true);
        }
        for ($i = 0; $i < 200; ++$i) { $made = "item " . strlen("x$i"); }
        $v = BgWorkers\get_vars($which);
        foreach ([$before, $v] as $seen) {
            if (array_unique($seen['again']) !== ["n $seen[n]"] || $seen['suit'] !== Suit::Hearts || $seen['literal'] !== Preloaded::PARTS['literal'] || $seen['made'] !== Preloaded::parts()['made']) { exit('wrong: ' . json_encode($seen)); }
        }
        if ($v['n'] < $before['n']) { exit('old'); }
        if (part($_GET['n'] % 40) !== 'part ' . $_GET['n'] % 40) { exit('wrong part'); }
        $status = opcache_get_status(false);
        echo 'right ', $status['opcache_statistics']['oom_restarts'] + $status['opcache_statistics']['hash_restarts'], ' ', $status['opcache_statistics']['manual_restarts'], ' ', isset($status['preload_statistics']) ? 'preloaded' : 'no preloading', ' ', $status['jit']['on'] ? 'jit' : 'no jit';
        PHP);
    for ($i = 0; $i < 40; ++$i) {
        $code = "<?php function part(\$n) { return 'part ' . \$n; }\n";
        for ($j = 0; $j < 300; ++$j) {
            $code .= "function f{$i}_$j(\$x) { return ['some text $i $j' => \$x . 'more text $i $j', 'list' => [1, 2, 'three $j $i']]; }\n";
        }
        $scratch->file("part$i.php", $code);
    }
    [$ask, $stop] = $start($scratch, ['w' => $publish, 'second' => $publish], $settings);
    $end = microtime(true) + (getenv('BGWORKERS_ALL_TESTS') ? 20 : 1.5);
    $of_cache = $by_hand = $asked = 0;
    do {
        foreach ($ask(array_map(fn ($n) => "/index.php?n=$n", range($asked + 1, $asked + 100))) as $key => $body) {
            expect(preg_match('/^right (\d+) (\d+) (no preloading|preloaded) (no jit|jit)$/', (string) $body, $match) === 1, "a right answer to request " . ($asked + 1 + $key) . ', got ' . json_encode($body));
            expect_same([isset($settings['opcache.preload']) ? 'preloaded' : 'no preloading', $settings['opcache.jit'] === 'disable' ? 'no jit' : 'jit'], array_slice($match, 3), 'what OPcache does');
            [$of_cache, $by_hand] = [max($of_cache, (int) $match[1]), max($by_hand, (int) $match[2])];
        }
        $asked += 100;
    } while (microtime(true) < $end || ($by_hand < 10 || $of_cache < 1) && microtime(true) < $end + 60);
    expect($by_hand >= 10 && $of_cache >= 1, "restarts by hand and of the cache itself, got $by_hand and $of_cache after $asked requests");
    $stop();
}
