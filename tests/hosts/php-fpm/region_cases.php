<?php
// Arrays in a region of shared memory under php-fpm, before PHP code has shared workers: an extension of the tests
// (tests/embed/pool_probe.cc, named by POOL_PROBE) has the product's layout, writer, reader and pool, and functions for
// them.

$script = <<<'PHP'
    <?php
    enum Suit: string { case Hearts = 'h'; case Spades = 's'; }
    function values(int $n): array {
        $list = ["number $n", 'x', '', "\0", 7, null, true, 1.5, []];
        $rows = array_map(fn ($i) => ['id' => $i, 'name' => "name$i", 'tags' => []], range(1, 5));
        return ['n' => $n, 'list' => $list, 'map' => ['a' => ['b' => $n], 'x' => 'y', 5 => 'five'], 'empty' => [],
            '' => 'blank', 'again' => [$list, $list], 'numbers' => range(1, 20), 'rows' => $rows,
            'suits' => [Suit::Hearts, ['of' => Suit::Spades]]];
    }
    function use_it(array $v): int {
        $v['list'][] = 'mine';
        $v['empty'][] = $v['list'][3];
        sort($v['numbers']);
        array_shift($v['numbers']);
        unset($v['map']['x'], $v['rows'][3]);
        $v['map']['a']['b']++;
        foreach ($v['rows'] as &$row) { $row['tags'][] = 'x'; $row['name'][0] = 'N'; }
        $reference = &$v['again'][0];
        $reference['x'] = $v['list'];
        usort($v['rows'], fn ($a, $b) => $b['id'] <=> $a['id']);
        array_walk_recursive($v, function (&$value) { $value = is_int($value) ? $value + 1 : $value; });
        $text = $v['list'][1] . $v['list'][2];
        $text .= 'z';
        return array_sum($v['numbers']) + count($v, COUNT_RECURSIVE) + strlen(json_encode($v))
            + strlen(var_export($v, true)) + strlen($text);
    }
    if (isset($_GET['publish'])) {
        echo json_encode([getmypid(), probe_publish(values((int) $_GET['publish']))]);
        return;
    }
    $read = probe_read();
    $expected = values($read['n']);
    $sum = use_it($expected);
    $same = 0;
    for ($i = 0; $i < 150; ++$i) { // until the JIT has compiled it
        $same += use_it(probe_read()) === $sum;
    }
    $same += serialize($read) === serialize($expected) && $read === probe_read() && $read === $expected;
    echo json_encode([getmypid(), $read['n'], $same, probe_address($read['list']), probe_address($read['empty'])]);
    PHP;

$case = fn (array $options) => function (Scratch $scratch) use ($script, $options) {
    $scratch->file('index.php', $script);
    $fpm = new Fpm($scratch, ['pm.max_children = 3'],
        options: ['-d', 'extension=' . getenv('POOL_PROBE'), ...$options]);
    $ask = function (string $query) use ($fpm): array {
        $answer = fastcgi_answer($fpm->ask('index.php', $query));
        return json_decode($answer, true) ?? throw new Exception($answer);
    };
    // Which child answers is chance: the one that leads, or is next in line, comes by sooner or later.
    $publish = function (int $n) use ($ask): int {
        await("version $n", function () use ($ask, $n, &$leader) {
            [$leader, $version] = $ask("publish=$n");
            $version === 0 || expect_same($n, $version, 'version');
            return $version === $n;
        });
        return $leader;
    };
    $read = function (int $n) use ($ask): array {
        $seen = [];
        await("version $n in all children", function () use ($ask, $n, &$seen) {
            [$pid, $read, $same, $list, $empty] = $ask('');
            expect_same([$n, 151], [$read, $same], "what process $pid reads");
            $seen[$pid] = "$list $empty";
            return count($seen) === 3;
        });
        expect_same(1, count(array_unique($seen)), 'places at which children have it: ' . json_encode($seen));
        return array_keys($seen);
    };
    $leader = $publish(1);
    $read(1);
    expect_same($leader, $publish(2), 'who publishes');
    $read(2);
    $fpm->kill($leader);
    expect($publish(3) !== $leader, 'another one leads');
    expect(!in_array($leader, $read(3)), 'the killed child is gone');
    expect_same(0, $fpm->quit(), 'exit of php-fpm');
    $ends = $fpm->ends();
    ksort($ends);
    expect_same(['exited on signal 9' => 1, 'exited with code 0' => 3], $ends, 'ends of children');
};

$opcache = ['-d', 'zend_extension=opcache', '-d', 'opcache.enable=1', '-d', 'opcache.jit_buffer_size=32M'];
return [
    'children read arrays of a region in place, and survive its leader' => $case([]),
    'children read arrays of a region in place, with OPcache' => $case([...$opcache, '-d', 'opcache.jit=disable']),
    'children read arrays of a region in place, with its JIT' => $case([...$opcache, '-d', 'opcache.jit=tracing']),
];
