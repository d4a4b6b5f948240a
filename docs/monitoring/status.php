<?php
// The workers of all processes of this server and scope, in a table that refreshes. Drop it where administrators may ask for
// it: it shows names and error messages, no published values.

$allowed = ['127.0.0.1', '::1'];
if (!in_array($_SERVER['REMOTE_ADDR'] ?? '', $allowed, true)) {
    http_response_code(403);
    exit('Not from here: see $allowed in ' . basename(__FILE__) . '.');
}
header("Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'");

$e = fn (mixed $text): string => htmlspecialchars((string) $text, ENT_QUOTES | ENT_SUBSTITUTE, 'UTF-8');
$bytes = fn (int $bytes): string => match (true) {
    $bytes >= 1 << 20 => round($bytes / (1 << 20), 1) . ' MiB',
    $bytes >= 1 << 10 => round($bytes / (1 << 10), 1) . ' KiB',
    default => "$bytes B",
};
$ago = fn (?float $seconds): string => match (true) {
    $seconds === null => 'never',
    $seconds >= 86400 => round($seconds / 86400, 1) . ' days ago',
    $seconds >= 3600 => round($seconds / 3600, 1) . ' h ago',
    $seconds >= 60 => round($seconds / 60, 1) . ' min ago',
    default => round($seconds, 1) . ' s ago',
};
try {
    $processes = BgWorkers\status(all: true);
    $problem = null;
} catch (RuntimeException $error) {
    $processes = [];
    $problem = $error->getMessage();
}
if (str_contains($_SERVER['HTTP_ACCEPT'] ?? '', 'application/json')) {
    header('Content-Type: application/json');
    echo json_encode(['pid' => getmypid(), 'log' => (string) ini_get('error_log')]
        + ($problem === null ? ['workers' => BgWorkers\status(), 'processes' => $processes] : ['error' => $problem]),
        JSON_INVALID_UTF8_SUBSTITUTE | JSON_PRESERVE_ZERO_FRACTION);
    exit;
}

// A row a process and worker, and what it is sorted by. What needs a look comes first in the column of states.
$now = microtime(true);
$worst = array_flip(['failed', 'stuck', 'hung', 'backoff', 'stopping', 'starting', 'running', 'waiting', 'idle']);
$columns = [
    'worker' => ['Worker', fn (array $row) => [$row['name'], $row['pid']]],
    'pid' => ['Process', fn (array $row) => [$row['pid'], $row['name']]],
    'state' => ['State', fn (array $row) => [$worst[$row['state']], $row['name'], $row['pid']]],
    'since' => ['Since', fn (array $row) => [-$row['since'], $row['name'], $row['pid']]],
    'published' => ['Published', fn (array $row) => [-$row['published_at'], $row['name'], $row['pid']]],
    'size' => ['Size', fn (array $row) => [-$row['bytes'] - $row['pinned_bytes'], $row['name'], $row['pid']]],
    'runs' => ['Runs', fn (array $row) => [-$row['runs'], $row['name'], $row['pid']]],
    'crashes' => ['Crashes', fn (array $row) => [-$row['crashes'], $row['name'], $row['pid']]],
    'tasks' => ['Tasks', fn (array $row) => [-$row['queued'] - $row['tasks']['running'], $row['name'], $row['pid']]],
    'memory' => ['Memory', fn (array $row) => [-$row['resident_bytes'], $row['pid'], $row['name']]],
    'end' => ['Last end', fn (array $row) => [-$row['last_exit_status'], $row['last_error'] === null, $row['name'], $row['pid']]],
];
$rows = [];
foreach ($processes as $pid => $workers) {
    foreach ($workers as $name => $worker) {
        $rows[] = ['pid' => $pid, 'name' => (string) $name] + $worker;
    }
}
$sort = is_string($_GET['sort'] ?? null) && isset($columns[$_GET['sort']]) ? $_GET['sort'] : 'worker';
$back = isset($_GET['back']);
usort($rows, fn (array $one, array $other) => ($back ? -1 : 1) * ($columns[$sort][1]($one) <=> $columns[$sort][1]($other)));
$tasks = fn (array $row): string => $row['tasks']['sent'] === 0 ? '–' : implode(', ', [
    ...($row['queued'] > 0 ? ["$row[queued] wait"] : []), ...($row['tasks']['running'] > 0 ? ["{$row['tasks']['running']} run"] : []),
    "{$row['tasks']['done']} done"]);
// How many of each state, what needs a look first.
$counts = array_intersect_key(array_count_values(array_column($rows, 'state')), $worst);
uksort($counts, fn (string $one, string $other) => $worst[$one] <=> $worst[$other]);
$states = array_map(fn (string $state) => "$counts[$state] $state", array_keys($counts));
$link = fn (string $column): string => '<a href="?sort=' . $column . ($column === $sort && !$back ? '&amp;back=1' : '') . '"'
    . ($column === $sort ? ' class="by"' : '') . ">{$columns[$column][0]}" . ($column === $sort ? ($back ? ' ↑' : ' ↓') : '') . '</a>';
?>
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="5">
<title>Background workers</title>
<style>
    :root { color-scheme: light dark; --line: #8885; --soft: #8881; }
    body { font: 15px/1.45 system-ui, sans-serif; margin: 0 auto; max-width: 85rem; padding: 1rem; }
    h1 { font-size: 1.3rem; margin: 0 0 .2rem; }
    p { margin: 0 0 1rem; opacity: .75; }
    table { border-collapse: collapse; width: 100%; }
    th, td { border-bottom: 1px solid var(--line); padding: .5rem .6rem; text-align: left; vertical-align: top; }
    th { font-weight: 600; opacity: .75; }
    a { color: inherit; text-decoration: none; white-space: nowrap; } a:hover, .by { text-decoration: underline; }
    td { font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
    nav { display: none; }
    .state { border-radius: 1rem; color: #fff; background: #667; padding: .1rem .6rem; white-space: nowrap; }
    .running { background: #17693b; } .starting, .stopping { background: #1d5fa8; }
    .backoff { background: #93560a; } .failed, .stuck, .hung { background: #a8232c; }
    .size { white-space: nowrap; }
    .name { min-width: 7rem; } .last { min-width: 14rem; }
    .error { display: block; font: 13px/1.4 ui-monospace, monospace; white-space: pre-wrap; }
    .problem { border-left: .3rem solid #a8232c; opacity: 1; padding: .5rem .8rem; background: var(--soft); white-space: pre-line; }
    @media (max-width: 75rem) {
        table, tbody { display: block; } thead, td.none { display: none; }
        tbody { align-items: start; display: grid; gap: .8rem; grid-template-columns: repeat(auto-fill, minmax(min(20rem, 100%), 1fr)); }
        .name, .last { min-width: 0; }
        nav { display: flex; flex-wrap: wrap; gap: .2rem 1rem; margin-bottom: 1rem; } nav a { padding: .4rem 0; }
        tr { display: block; border: 1px solid var(--line); border-radius: .5rem; padding: .3rem 0; }
        td { border: 0; display: flex; gap: .8rem; padding: .25rem .8rem; }
        td::before { content: attr(data-label); flex: 0 0 7.5rem; opacity: .65; }
    }
</style>
</head>
<body>
<h1>Background workers</h1>
<p><?= $e(gethostname()) ?>, <?= count($processes) === 1 ? 'process ' . array_key_first($processes) : count($processes) . ' processes' ?>, <?= $e(PHP_SAPI) ?>, <?= date('H:i:s') ?><?= $states === [] ? '' : ' · ' . implode(', ', $states) ?></p>
<?php if ($problem !== null): ?>
<p class="problem"><?= $e($problem) ?></p>
<?php else: ?>
<?php foreach (array_unique(array_filter(array_column($rows, 'edited_file'))) as $file): ?>
<p class="problem"><?= $e($file) ?> was edited after this process had read it: reload the host.</p>
<?php endforeach ?>
<nav><?= implode(' ', array_map($link, array_keys($columns))) ?></nav>
<table>
<thead><tr><?php foreach (array_keys($columns) as $column): ?><th><?= $link($column) ?></th><?php endforeach ?></tr></thead>
<tbody>
<?php foreach ($rows as $worker): ?>
<tr>
    <td data-label="Worker" class="name"><span><strong><?= $e($worker['name']) ?></strong><?= $worker['instances'] > 1 ? "&nbsp;×&nbsp;$worker[instances]" : '' ?></span></td>
    <td data-label="Process" class="size"><span><?= $worker['pid'] ?><?= match (true) { !$worker['shared'] => '', $worker['leader'] === $worker['pid'] => ' leads', default => ' reads' } ?></span></td>
    <td data-label="State"><span><span class="state <?= $worker['state'] ?>"><?= $worker['state'] ?></span></span></td>
    <td data-label="Since" class="size<?= $worker['since'] === null ? ' none' : '' ?>"><?= $worker['since'] === null ? '–' : $ago(max(0.0, $now - $worker['since'])) ?></td>
    <td data-label="Published" class="size<?= $worker['age'] === null ? ' none' : '' ?>"><?= $ago($worker['age']) ?></td>
    <td data-label="Size" class="size<?= $worker['ready'] ? '' : ' none' ?>"><?= $worker['ready'] ? $bytes($worker['bytes']) : '–' ?><?= $worker['pinned_bytes'] > 0 ? ' + ' . $bytes($worker['pinned_bytes']) . ' old' : '' ?></td>
    <td data-label="Runs"><?= $worker['runs'] ?></td>
    <td data-label="Crashes"><?= $worker['crashes'] ?></td>
    <td data-label="Tasks" class="size<?= $worker['tasks']['sent'] === 0 ? ' none' : '' ?>"><?= $tasks($worker) ?></td>
    <td data-label="Memory" class="size"><?= $worker['resident_bytes'] === null ? '–' : $bytes($worker['resident_bytes']) ?></td>
    <td data-label="Last end" class="last<?= $worker['last_exit_status'] === null && $worker['last_error'] === null ? ' none' : '' ?>"><span><?= $worker['last_exit_status'] === null ? '–' : "status $worker[last_exit_status]" ?>
        <?php if ($worker['last_error'] !== null): ?><span class="error"><?= $e($worker['last_error']) ?></span><?php endif ?></span></td>
</tr>
<?php endforeach ?>
</tbody>
</table>
<?php endif ?>
</body>
</html>
