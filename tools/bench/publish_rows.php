<?php
// The rows about publishing, and about memory.

/** @return list<Row> */
function publish_rows(Bench $bench): array
{
    progress('publications of 1,000 entries');
    $samples = array_map(fn ($s) => new Measured($s), $bench->ask('publish'));
    $group = 'set_vars of 1,000 entries';
    return [
        new Row($group, 'all changed', $samples['changed'], 'apcu_store', $samples['apcu_store'], 0.5),
        new Row($group, 'the same instance', $samples['same'], value_target: 150),
        new Row($group, 'equal content', $samples['equal'], 'all changed', $samples['changed'], 0.25),
    ];
}

/** @return list<Row> */
function memory_rows(Bench $bench): array
{
    $bytes = $bench->ask('bytes');
    progress(number_format(PUBLICATIONS) . ' publications of 1 MB, with readers');
    $rss = $bench->ask('rss');
    return [
        new Row('memory', 'snapshot of 1,000 entries', new Measured($bytes['snapshot']),
            'memory_get_usage of the array', new Measured($bytes['array']), 1.1, unit: 'B'),
        new Row('memory', 'RSS, ' . number_format(PUBLICATIONS) . ' publications', new Measured($rss['late']),
            'after 1,000', new Measured($rss['early']), 1.05, unit: 'B',
            note: sprintf('of 1 MB each, with readers at work; one took %s', scaled($rss['publication'][0], 'ns'))),
    ];
}
