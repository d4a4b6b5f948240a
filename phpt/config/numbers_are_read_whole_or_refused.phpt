--TEST--
A number that is not wholly one, or out of its range, leaves the default; a good one is what it says
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/config-numbers_are_read_whole_or_refused/workers.ini
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
write_file('w.php', '<?php BgWorkers\set_vars([str_repeat("x", 100)]); BgWorkers\should_stop(INF);');
$config = write_file('workers.ini', "[w]\nscript = w.php\nnum = 2\n[*]\nscript = w.php\n");
function in_force(string $setting, string $value): string
{
    global $config;
    $ini = [$setting => '"' . $value . '"', 'bgworkers.config' => $config, 'bgworkers.log_level' => 'error', 'display_startup_errors' => '1', 'html_errors' => '0'];
    [, $out] = run_php("echo ini_get('$setting'), ' ', thrown(fn () => BgWorkers\\get_vars(['w', 'a', 'b'])) === 'nothing thrown' ? 'works' : 'refused', \"\n\";", $ini);
    return (str_contains($out, 'Invalid "' . $setting . '" setting. It must be ') ? 'told, ' : '') . trim(strrchr("\n" . trim($out), "\n"));
}
$bad = ['4294967296', '4294967360', '18446744073709551680', '9223372036854775807', '99999999999999999999', '1e9', '64X', ' 64', '64 ', '0x10', '0b11', '1.5', '-1', '+3', 'lots', '0', '100001'];
foreach ($bad as $value) {
    echo "max_threads \"$value\": ", in_force('bgworkers.max_threads', $value), "\n";
}
foreach (['3', '4', '100000', ''] as $value) {
    echo "max_threads \"$value\": ", in_force('bgworkers.max_threads', $value), "\n";
}
foreach ([' -5', '-5', ' 1', '1T', '64X', '9999999999G', '18446744073709551616', '1e3', '0x1', 'none'] as $value) {
    echo "max_snapshot_size \"$value\": ", in_force('bgworkers.max_snapshot_size', $value), "\n";
}
foreach (['0', '1g', '512K', '9223372036854775807'] as $value) {
    echo "max_snapshot_size \"$value\": ", in_force('bgworkers.max_snapshot_size', $value), "\n";
}
foreach (['shutdown_grace' => ['1000000.5', '1e1', ' 1', '1 ', '-0', 'INF', 'NAN', '1,5', '5s', '0x1'], 'stuck_limit' => ['1000001', '1e9', '-1', '1.5.5', '.']] as $name => $values) {
    foreach ($values as $value) {
        echo "$name \"$value\": ", in_force("bgworkers.$name", $value), "\n";
    }
}
foreach (['shutdown_grace' => ['1000000', '0.5', '.5', '0'], 'stuck_limit' => ['1000000', '0']] as $name => $values) {
    foreach ($values as $value) {
        echo "$name \"$value\": ", in_force("bgworkers.$name", $value), "\n";
    }
}
?>
--EXPECT--
max_threads "4294967296": told, 64 works
max_threads "4294967360": told, 64 works
max_threads "18446744073709551680": told, 64 works
max_threads "9223372036854775807": told, 64 works
max_threads "99999999999999999999": told, 64 works
max_threads "1e9": told, 64 works
max_threads "64X": told, 64 works
max_threads " 64": told, 64 works
max_threads "64 ": told, 64 works
max_threads "0x10": told, 64 works
max_threads "0b11": told, 64 works
max_threads "1.5": told, 64 works
max_threads "-1": told, 64 works
max_threads "+3": told, 64 works
max_threads "lots": told, 64 works
max_threads "0": told, 64 works
max_threads "100001": told, 64 works
max_threads "3": 3 refused
max_threads "4": 4 works
max_threads "100000": 100000 works
max_threads "": 64 works
max_snapshot_size " -5": told, 64M works
max_snapshot_size "-5": told, 64M works
max_snapshot_size " 1": told, 64M works
max_snapshot_size "1T": told, 64M works
max_snapshot_size "64X": told, 64M works
max_snapshot_size "9999999999G": told, 64M works
max_snapshot_size "18446744073709551616": told, 64M works
max_snapshot_size "1e3": told, 64M works
max_snapshot_size "0x1": told, 64M works
max_snapshot_size "none": told, 64M works
max_snapshot_size "0": 0 works
max_snapshot_size "1g": 1g works
max_snapshot_size "512K": 512K works
max_snapshot_size "9223372036854775807": 9223372036854775807 works
shutdown_grace "1000000.5": told, 5 works
shutdown_grace "1e1": told, 5 works
shutdown_grace " 1": told, 5 works
shutdown_grace "1 ": told, 5 works
shutdown_grace "-0": told, 5 works
shutdown_grace "INF": told, 5 works
shutdown_grace "NAN": told, 5 works
shutdown_grace "1,5": told, 5 works
shutdown_grace "5s": told, 5 works
shutdown_grace "0x1": told, 5 works
stuck_limit "1000001": told, 60 works
stuck_limit "1e9": told, 60 works
stuck_limit "-1": told, 60 works
stuck_limit "1.5.5": told, 60 works
stuck_limit ".": told, 60 works
shutdown_grace "1000000": 1000000 works
shutdown_grace "0.5": 0.5 works
shutdown_grace ".5": .5 works
shutdown_grace "0": 0 works
stuck_limit "1000000": 1000000 works
stuck_limit "0": 0 works
