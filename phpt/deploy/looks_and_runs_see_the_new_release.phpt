--TEST--
When a link is moved to a new release, the next look of a worker and its next run see the new one, whole
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/deploy-looks_and_runs/workers.ini
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, status};
require __DIR__ . '/../helpers.inc';

// folder/current -> 1, or as Kubernetes mounts a secret: folder/value.php -> ..data/value.php, folder/..data -> ..v1.
$release = ['ln -sfn 2 current', 'ln -s 2 next; mv -T next current', 'ln -sfn 2 current; rm -r 1', 'ln -s 2 next; mv -T next current; rm -r 1'];
$mount = ['ln -s ..v2 ..tmp; mv -T ..tmp ..data', 'ln -s ..v2 ..tmp; mv -T ..tmp ..data; rm -r ..v1'];
$polls = '$base = %s;
    do {
        $told = ["file" => @file_get_contents("$base/value.php"), "include" => @include "$base/value.php", "realpath" => basename(dirname((string) realpath("$base/value.php"))),
            "exists" => file_exists("$base/value.php"), "opened" => implode("", @file("$base/value.php") ?: []), "listed" => implode("", array_map(fn($path) => @file_get_contents($path), glob("$base/value*.php")))];
        BgWorkers\set_vars($told);
    } while (!BgWorkers\should_stop(0.01));';
$runs = '$told = [require __DIR__ . "/value.php", require %s . "/value.php", file_get_contents(__DIR__ . "/value.php"), basename(__DIR__)];
    chdir(__DIR__);
    BgWorkers\set_vars([...$told, include "./value.php", include "value.php", file_get_contents("value.php")]);
    while (!BgWorkers\should_stop(60));';

$ini = '';
$moves = [];
foreach ([...$release, ...$mount] as $number => $move) {
    foreach (['polls', 'runs'] as $kind) {
        $folder = "$kind-$number";
        $name = $folder;
        $in_mount = in_array($move, $mount);
        $base = temp_path($in_mount ? $folder : "$folder/current");
        foreach ([1, 2] as $version) {
            $at = $folder . ($in_mount ? "/..v$version" : "/$version");
            write_file("$at/value.php", "<?php return $version;\n");
            write_file("$at/worker.php", '<?php ' . sprintf($$kind, var_export($base, true)));
        }
        symlink($in_mount ? '..v1' : '1', temp_path($folder . ($in_mount ? '/..data' : '/current')));
        if ($in_mount) {
            symlink('..data/value.php', "$base/value.php");
            symlink('..data/worker.php', "$base/worker.php");
        }
        // What polls lies elsewhere, for its own file may go.
        $kind === 'polls' && write_file("$folder.php", '<?php ' . sprintf($polls, var_export($base, true)));
        $ini .= "[$name]\nscript = " . ($kind === 'polls' ? "$folder.php" : "$base/worker.php\nwatch[] = " . ($in_mount ? "$base/value.php" : $base)) . "\n";
        $moves[$name] = 'cd ' . escapeshellarg(temp_path($folder)) . " && $move";
    }
}
write_file('workers.ini', $ini);
$names = array_keys($moves);
$first = get_vars($names);
foreach ($moves as $move) {
    exec($move);
}
// In the end all of a look, and all of a run, is of the new release.
$new = ['polls' => ['file' => "<?php return 2;\n", 'include' => 2, 'realpath' => null, 'exists' => true, 'opened' => "<?php return 2;\n", 'listed' => "<?php return 2;\n"],
    'runs' => [2, 2, "<?php return 2;\n", null, 2, 2, "<?php return 2;\n"]];
foreach ($moves as $name => $move) {
    [$kind] = explode('-', $name);
    $where = $kind === 'polls' ? 'realpath' : 3;
    try {
        wait_until(function () use ($name, $kind, $where, $new) {
            $vars = get_vars($name);
            $release = $vars[$where];
            $vars[$where] = null;
            return $vars === $new[$kind] && in_array($release, ['2', '..v2']);
        }, 10);
        echo $kind, ': ', preg_replace('/.*&& /', '', $move), ': ', $first[$name] === get_vars($name) ? 'nothing changed' : 'new', "\n";
    } catch (Exception) {
        echo $kind, ': ', preg_replace('/.*&& /', '', $move), ': ', json_encode(get_vars($name)), "\n";
    }
}
?>
--EXPECT--
polls: ln -sfn 2 current: new
runs: ln -sfn 2 current: new
polls: ln -s 2 next; mv -T next current: new
runs: ln -s 2 next; mv -T next current: new
polls: ln -sfn 2 current; rm -r 1: new
runs: ln -sfn 2 current; rm -r 1: new
polls: ln -s 2 next; mv -T next current; rm -r 1: new
runs: ln -s 2 next; mv -T next current; rm -r 1: new
polls: ln -s ..v2 ..tmp; mv -T ..tmp ..data: new
runs: ln -s ..v2 ..tmp; mv -T ..tmp ..data: new
polls: ln -s ..v2 ..tmp; mv -T ..tmp ..data; rm -r ..v1: new
runs: ln -s ..v2 ..tmp; mv -T ..tmp ..data; rm -r ..v1: new
