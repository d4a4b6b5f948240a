<?php
// What is asked of a block that no walk uses, by its language.

/** Exit status and output. */
function run_here(Scratch $scratch, array $command, array $env = []): string
{
    $process = $scratch->start($command, 'checked.out', $env + getenv());
    $status = $process->wait(60);
    $said = $scratch->read('checked.out');
    unlink($scratch->file('checked.out'));
    return "$status: $said";
}

/** Signatures are those of the extension. All else parses; without "<?php" it is a part of a script. */
function expect_parses(Block $block, Scratch $scratch): void
{
    preg_match_all('/^BgWorkers\\\\(\w+\(.*\): \S+)$/m', $block->text, $signatures);
    if (count($signatures[1]) === substr_count($block->text, "\n")) {
        $stubs = file_get_contents(dirname(__DIR__, 3) . '/php_stubs/bgworkers.stub.php');
        foreach ($signatures[1] as $signature) {
            $signature = str_replace(': resource', '', $signature);     // no type of PHP code
            expect(str_contains($stubs, "function $signature"), "a function $signature");
        }
        return;
    }
    $code = str_starts_with($block->text, '<?php') ? $block->text : "<?php\n$block->text";
    $said = run_here($scratch, [getenv('PHP'), '-n', '-l', $scratch->file('block.php', $code)]);
    expect(str_starts_with($said, '0: No syntax errors'), "a script on line $block->line: $said");
}

/** An ini block is a unit of systemd, of php.ini, of php-fpm, or a workers file: each is read by whoever reads it. */
function expect_read(Block $block, Scratch $scratch): void
{
    if (str_contains($block->text, '[Service]')) {
        $unit = preg_replace('~^ExecStart=\S+~m', 'ExecStart=/bin/true', $block->text);
        $unit = str_contains($unit, 'ExecStart') ? $unit : "$unit\nExecStart=/bin/true\n";
        $said = run_here($scratch, ['systemd-analyze', 'verify', $scratch->file('block.service', $unit)]);
        expect_same('0: ', $said, "a unit on line $block->line");
    } elseif (preg_match('/^php_admin_|^process_control_timeout|^catch_workers_output/m', $block->text)) {
        expect_read_by_fpm($block->text, $scratch);
    } elseif (preg_match('/^(extension|bgworkers\.\w+) *=/m', $block->text)) {
        // Settings that do not exist are told at the start.
        $ini = $scratch->file('block.ini', 'extension_dir = ' . dirname(getenv('EXTENSION')) . "\n"
            . (str_contains($block->text, 'extension') ? '' : "extension = bgworkers\n")
            . "$block->text\nerror_log =\ndisplay_startup_errors = 1\n");
        $code = 'echo extension_loaded("bgworkers") ? "ok" : "not loaded";';
        $said = run_here($scratch, [getenv('PHP'), '-c', $ini, '-r', $code]);
        expect_same('0: ok', $said, "a php.ini on line $block->line");
    } else {
        expect_read_as_workers($block->text, $scratch);
    }
}

/** Lines of [global], of a pool, or both, with what else php-fpm wants. */
function expect_read_by_fpm(string $text, Scratch $scratch): void
{
    $parts = [
        'global' => "error_log = $scratch->dir/fpm.log\n",
        'www' => "user = root\ngroup = root\nlisten = $scratch->dir/fpm.sock\n",
    ];
    $part = preg_match('/^process_control/m', $text) ? 'global' : 'www';
    foreach (explode("\n", $text) as $line) {
        if (preg_match('/^\[(\w+)\]/', $line, $section)) {
            $part = $section[1];
        } elseif (!preg_match('/^(user|group|error_log|listen) *=/', $line)) {
            $parts[$part] .= "$line\n";
        }
    }
    $parts['www'] .= preg_match('/^pm *=/m', $text) ? '' : "pm = static\npm.max_children = 1\n";
    $conf = $scratch->file('block.conf', "[global]\n$parts[global][www]\n$parts[www]");
    $said = run_here($scratch, [getenv('PHP_FPM'), '-n', '-t', '-R', '-y', $conf]);
    expect(str_starts_with($said, '0: '), "lines for php-fpm: $said" . file_get_contents($conf));
}

/** A part of `http`. What it includes is that of the system. */
function expect_read_by_nginx(Block $block, Scratch $scratch): void
{
    $places = array_map(fn ($what) => "{$what}_temp_path $scratch->dir;",
        ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']);
    $conf = $scratch->file('nginx.conf', "pid $scratch->dir/nginx.pid;\nevents {}\nhttp {\naccess_log off;\n"
        . implode("\n", $places) . "\n" . str_replace('include ', 'include /etc/nginx/', $block->text) . "\n}\n");
    $said = run_here($scratch, ['sh', '-c', 'PATH=$PATH:/usr/sbin exec nginx -t -c "$0" -e stderr', $conf]);
    expect(str_starts_with($said, '0: '), "a block of nginx on line $block->line: $said");
}

/** `bgworkers check` reads it; scripts that it names are there. */
function expect_read_as_workers(string $text, Scratch $scratch): void
{
    $file = $scratch->file('conf/block.ini');
    is_dir(dirname($file)) || mkdir(dirname($file));
    $text = preg_replace('~(?<== )/srv/~', "$scratch->dir/srv/", $text);
    file_put_contents($file, $text);
    preg_match_all('/^script *= *([^\s;]+)/m', $text, $scripts);
    foreach ($scripts[1] as $script) {
        $path = $script[0] === '/' ? $script : dirname($file) . "/$script";
        is_dir(dirname($path)) || mkdir(dirname($path), recursive: true);
        touch($path);
    }
    $scratch->file('php.ini', 'extension = ' . getenv('EXTENSION') . "\n");
    $said = run_here($scratch, [getenv('PHP'), dirname(__DIR__, 3) . '/bin/bgworkers.php', 'check', $file],
        ['PHPRC' => $scratch->dir, 'PHP_INI_SCAN_DIR' => '']);
    expect(str_starts_with($said, '0: '), "a workers file: $said$text");
}
