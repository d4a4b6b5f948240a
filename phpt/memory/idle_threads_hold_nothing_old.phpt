--TEST--
Threads that have read once and whose request is over hold no old version
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/memory-idle_threads_hold_nothing_old/workers.ini
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, status};
require __DIR__ . '/../helpers.inc';

$readers = array_map(fn($i) => "reader$i", range(1, 10));
workers(['large' => 'require "' . __DIR__ . '/../helpers.inc"; use function BgWorkers\{set_vars, should_stop};
        set_vars(["n" => 1, "x" => str_repeat("x", 1 << 20)]);
        await_flag("read"); set_vars(["n" => 2, "x" => str_repeat("y", 1 << 20)]); raise_flag("published");
        await_flag("held"); set_vars(["n" => 3]); raise_flag("again"); live();']
    // The first run reads and ends; the second one never reads.
    + array_fill_keys($readers, 'require "' . __DIR__ . '/../helpers.inc"; $read = temp_path("read-$argv[1]");
        if (!is_file($read)) { BgWorkers\get_vars("large"); BgWorkers\set_vars(["run" => 1]); touch($read); return; }
        BgWorkers\set_vars(["run" => 2]); live();'));
get_vars($readers);
wait_until(fn() => array_filter(get_vars($readers), fn($vars) => $vars['run'] !== 2) === []);
raise_flag('read');
await_flag('published');
echo status()['large']['pinned_bytes'], "\n";

// This request still uses what it has read.
$held = get_vars('large');
raise_flag('held');
await_flag('again');
echo $held['n'], ' ', status()['large']['pinned_bytes'] > 1 << 20 ? 'pinned' : 'gone', ', ', get_vars('large')['n'], "\n";
?>
--EXPECT--
0
2 pinned, 3
