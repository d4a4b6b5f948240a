<?php
// Extensions that take what is read from a shared worker, in children that map it read-only.

return [
    'what is read goes through each structure of ds in children that only read, and comes out as of ordinary data' =>
        function (Scratch $scratch) {
            $module = getenv('DS') ?: throw new Skipped('no ds here (DS names it; ./dev test --all builds it)');
            $pool = new SharedPool($scratch, ['w' => <<<'PHP'
                $row = fn ($i) => ['id' => $i, 'name' => "row $i " . str_repeat('n', 40),
                    'tags' => ['a', "b $i", ['deep' => [$i, 2, 3]]], 'none' => []];
                $rows = array_map($row, range(1, 8));
                BgWorkers\set_vars(['rows' => $rows, 'names' => array_column($rows, 'name'), 'same' => [$rows, $rows],
                    'deep' => [[[[['at' => 'the end']]]]]]);
                live();
                PHP], settings: ['extension' => $module]);
            $use = <<<'PHP'
                $shown = function (object $s): string {
                    ob_start();
                    var_dump($s, clone $s);
                    print_r($s);
                    var_export($s);
                    // A map may have arrays for keys.
                    $parts = $s instanceof Ds\Map ? [$s->keys(), $s->values()] : [$s, $s->toArray()];
                    return md5(preg_replace('/#\d+/', '#', ob_get_clean()) . json_encode($parts) .
                        serialize(unserialize(serialize([$s, $parts])))) . "\n";
                };
                $use = function (array $v) use ($shown): string {
                    $by_id = fn ($a, $b) => ($b['id'] ?? 0) <=> ($a['id'] ?? 0);
                    $told = '';
                    foreach ([Ds\Vector::class, Ds\Deque::class] as $class) {
                        $s = new $class($v['rows']);
                        $s->allocate(500);
                        $s->push(...$v['rows']);
                        $s->unshift($v['deep'], $v['names']);
                        $s->insert(1, $v, ...$v['same']);
                        $s->set(2, $v['names']);
                        $s->apply(fn ($one) => $one + ['added' => $v['same']]);
                        $s[0]['added'][0][] = 'mine';
                        $s[] = $v['rows'][0];
                        $s->rotate(3);
                        $s->sort($by_id);
                        $s->reverse();
                        $told .= $shown($s) . $shown($s->merge($v['rows'])->filter(fn ($one) => isset($one['id']))) .
                            $shown($s->map(fn ($one) => [$one, $v])->slice(3, 20)) . $shown($s->sorted($by_id)) .
                            json_encode([$s->contains($v['rows'][3]), $s->find($v['rows'][4])]) .
                            json_encode([$s->first(), $s->pop()]) .
                            (new $class($v['names']))->join(',') .
                            json_encode($s->reduce(fn ($sum, $one) => ($sum ?? []) + $one));
                    }
                    $map = new Ds\Map($v);
                    $told .= json_encode([$map, $map->toArray()]);
                    $map->allocate(500);
                    foreach ($v['rows'] as $row) {
                        $map->put($row, $row['tags']);      // an array for a key
                        $map[$row['name']] = $row;
                    }
                    $map->putAll($v['rows']);
                    $map->apply(fn ($key, $value) => [$key, $value, $v['deep']]);
                    $map['rows'][1][] = 'mine';
                    $told .= $shown($map) . json_encode([$map->get($v['rows'][5]), $map->hasKey($v['names'][6]),
                        $map->hasValue($v['deep']), $map->remove($v['rows'][7])]);
                    foreach ([$map->merge($v['rows']), $map->union($map->copy()), $map->diff(new Ds\Map($v['rows'])),
                        $map->intersect($map), $map->keys(), $map->values(), $map->pairs(), $map->reversed(),
                        $map->filter(fn ($key) => is_array($key)), $map->first(), $map->slice(2, 9),
                        new Ds\Pair($v['same'], $v['deep'])] as $made) {
                        $told .= $shown($made);
                    }
                    $set = new Ds\Set($v['rows']);
                    $set->add(...$v['names'], ...$v['same']);
                    $set->remove($v['names'][2]);
                    $set->sort(fn ($a, $b) => is_array($a) <=> is_array($b));
                    $told .= $shown($set) . $shown($set->xor(new Ds\Set($v['names']))) .
                        json_encode([$set->contains($v['rows'][0], $v['names'][1]), $set->contains($v['deep'])]);
                    foreach ([Ds\Stack::class, Ds\Queue::class] as $class) {
                        $s = new $class($v['rows']);
                        $s->push(...$v['same']);
                        $told .= json_encode([$s->peek(), $s->pop()]) . $shown($s);
                    }
                    $heap = new Ds\PriorityQueue();
                    foreach ($v['rows'] as $row) { $heap->push($row, $row['tags']); }
                    $told .= json_encode($heap->pop()) . $shown($heap);
                    gc_collect_cycles();
                    return $told;
                };
                $read = BgWorkers\get_vars('w');
                $before = serialize($read);
                $own = unserialize($before);
                $told = $use($read);
                return [substr_count($told, "\n"), $told === $use($own), $before === serialize(BgWorkers\get_vars('w')),
                    $own === $read];
                PHP;
            expect_same([26, true, true, true], $pool->all($use, 'what ds made of it'),
                'structures shown, the same as of ordinary data, and the data unchanged');
            $pool->end();
        },
];
