<?php
// The workers of this process and scope, in a table that refreshes. Drop it where administrators may ask for it: it shows
// names and error messages, no published values.

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
    $workers = BgWorkers\status();
    $problem = null;
} catch (RuntimeException $error) {
    $workers = [];
    $problem = $error->getMessage();
}
if (str_contains($_SERVER['HTTP_ACCEPT'] ?? '', 'application/json')) {
    header('Content-Type: application/json');
    echo json_encode(['pid' => getmypid(), 'log' => (string) ini_get('error_log')]
        + ($problem === null ? ['workers' => $workers] : ['error' => $problem]), JSON_INVALID_UTF8_SUBSTITUTE | JSON_PRESERVE_ZERO_FRACTION);
    exit;
}
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
    body { font: 15px/1.45 system-ui, sans-serif; margin: 0 auto; max-width: 75rem; padding: 1rem; }
    h1 { font-size: 1.3rem; margin: 0 0 .2rem; }
    p { margin: 0 0 1rem; opacity: .75; }
    table { border-collapse: collapse; width: 100%; }
    th, td { border-bottom: 1px solid var(--line); padding: .5rem .6rem; text-align: left; vertical-align: top; }
    th { font-weight: 600; opacity: .75; }
    td { font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
    .state { border-radius: 1rem; color: #fff; background: #667; padding: .1rem .6rem; white-space: nowrap; }
    .running { background: #17693b; } .starting, .stopping { background: #1d5fa8; }
    .backoff { background: #93560a; } .failed, .stuck { background: #a8232c; }
    .size { white-space: nowrap; }
    .error { display: block; font: 13px/1.4 ui-monospace, monospace; white-space: pre-wrap; }
    .problem { border-left: .3rem solid #a8232c; opacity: 1; padding: .5rem .8rem; background: var(--soft); white-space: pre-line; }
    @media (max-width: 45rem) {
        thead { display: none; }
        tr { display: block; border: 1px solid var(--line); border-radius: .5rem; margin-bottom: .8rem; padding: .3rem 0; }
        td { border: 0; display: flex; gap: .8rem; padding: .25rem .8rem; }
        td::before { content: attr(data-label); flex: 0 0 7.5rem; opacity: .65; }
    }
</style>
</head>
<body>
<h1>Background workers</h1>
<p><?= $e(gethostname()) ?>, process <?= getmypid() ?>, <?= $e(PHP_SAPI) ?>, <?= date('H:i:s') ?></p>
<?php if ($problem !== null): ?>
<p class="problem"><?= $e($problem) ?></p>
<?php else: ?>
<?php foreach (array_unique(array_filter(array_column($workers, 'edited_file'))) as $file): ?>
<p class="problem"><?= $e($file) ?> was edited after this process had read it: reload the host.</p>
<?php endforeach ?>
<table>
<thead><tr><th>Worker</th><th>State</th><th>Published</th><th>Size</th><th>Runs</th><th>Crashes</th><th>Last end</th></tr></thead>
<tbody>
<?php foreach ($workers as $name => $worker): ?>
<tr>
    <td data-label="Worker"><strong><?= $e($name) ?></strong><?= $worker['instances'] > 1 ? " ×&nbsp;$worker[instances]" : '' ?></td>
    <td data-label="State"><span class="state <?= $worker['state'] ?>"><?= $worker['state'] ?></span></td>
    <td data-label="Published"><?= $ago($worker['age']) ?></td>
    <td data-label="Size" class="size"><?= $worker['ready'] ? $bytes($worker['bytes']) : '–' ?></td>
    <td data-label="Runs"><?= $worker['runs'] ?></td>
    <td data-label="Crashes"><?= $worker['crashes'] ?></td>
    <td data-label="Last end"><span><?= $worker['last_exit_status'] === null ? '–' : "status $worker[last_exit_status]" ?>
        <?php if ($worker['last_error'] !== null): ?><span class="error"><?= $e($worker['last_error']) ?></span><?php endif ?></span></td>
</tr>
<?php endforeach ?>
</tbody>
</table>
<?php endif ?>
</body>
</html>
