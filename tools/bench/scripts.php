<?php
// The scripts of the benchmark in its folder, with the data of each size, and the workers file.

require __DIR__ . '/data.php';

const WAKES = 300;          // at each placement
const COLD_STARTS = 100;
const IDLE_WORKERS = 64;
const PUBLICATIONS = 100000;

function write_scripts(string $dir): void
{
    file_put_contents("$dir/nothing.php", '<?php echo ".";');
    foreach ([...glob(__DIR__ . '/*.php'), ...glob(__DIR__ . '/workers/*.php')] as $script) {
        copy($script, $dir . substr($script, strlen(__DIR__)));
    }
    foreach (SIZES as $size) {
        $data = var_export(entries($size), true);
        file_put_contents("$dir/data-$size.php", "<?php\nreturn $data;\n");
        file_put_contents("$dir/function-$size.php", "<?php\nfinal class Data$size { static array \$data = $data; "
            . "static function get(): array { return self::\$data; } }\n");
        file_put_contents("$dir/contenders-$size.php",
            strtr(file_get_contents(__DIR__ . '/contenders.php.in'), ['SIZE' => $size, 'DIR' => $dir]));
    }
}

/** The name of each worker => its script. */
function declared_workers(): array
{
    $many = fn (string $name, array $each, string $script): array
        => array_fill_keys(array_map(fn ($i) => "$name-$i", $each), $script);
    return [
        ...$many('data', SIZES, 'data.php'), ...$many('name', range(0, 9), 'name.php'),
        ...$many('wake', range(1, 2 * WAKES), 'wake.php'), ...$many('idle', range(1, IDLE_WORKERS), 'take.php'),
        ...$many('cold', range(1, COLD_STARTS), 'cold.php'), ...$many('reader', [1, 2], 'reader.php'),
        ...$many('rss-reader', [1, 2], 'rss_reader.php'), 'publish' => 'publish.php', 'ticker' => 'ticker.php',
        'bytes' => 'bytes.php', 'rss' => 'rss.php', 'echo' => 'echo.php', 'take' => 'take.php', 'hold' => 'hold.php',
    ];
}

function write_workers_file(string $dir): void
{
    $more = ['rss' => 'env[BENCH_PUBLICATIONS] = ' . PUBLICATIONS . "\n", 'take' => "max_task_size = 0\n",
        'hold' => "queue = 1000\n"];
    $text = '';
    foreach (declared_workers() as $name => $script) {
        $text .= "[$name]\nscript = workers/$script\nini[memory_limit] = -1\n" . ($more[$name] ?? '');
    }
    file_put_contents("$dir/workers.ini", $text);
}
