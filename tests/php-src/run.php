<?php
// Runs PHP's own tests beside a worker that publishes all the time, and without the extension: the results have to be
// the same, but for those that differences.txt explains. What passes with the extension needs no run without it.
//
// usage: ./dev test --only php-src. PHP_SOURCES is a tree that this script may write to, as the tests do.
declare(strict_types=1);

const FOLDERS = ['Zend', 'ext/session', 'ext/spl', 'ext/standard', 'tests'];
const RERUNS = 3;

define('SOURCES', getenv('PHP_SOURCES'));
define('PHP', getenv('PHP'));

/** @return list<string> the settings of PHP with a worker beside the script */
function settings_with_worker(): array
{
    $settings = ['extension=' . getenv('EXTENSION'), 'bgworkers.config=' . SOURCES . '/bgworkers/workers.ini',
        'bgworkers.cli_autostart=1', 'bgworkers.log_level=error'];
    return array_merge(...array_map(fn ($setting) => ['-d', $setting], $settings));
}

/** The worker runs from a copy, since its log lies beside it. */
function install_worker(): void
{
    $target = SOURCES . '/bgworkers';
    is_dir($target) || mkdir($target);
    foreach (['workers.ini', 'publish.php'] as $file) {
        copy(__DIR__ . "/$file", "$target/$file");
    }
}

/** run-tests asks how a test ended as soon as its output does: mostly too early to be told of a signal. */
function make_run_tests_wait(): void
{
    $script = SOURCES . '/run-tests.php';
    $ask = '$stat = proc_get_status($proc);';
    $wait = 'while (($stat = proc_get_status($proc))["running"]) { usleep(100); }';
    $text = str_replace($ask, $wait, file_get_contents($script), $count);
    if ($count !== 1 && !str_contains($text, $wait)) {
        exit("run-tests.php asks for the status of a test in another way than this script knows\n0 passed, 1 failed\n");
    }
    file_put_contents($script, $text);
}

/** Without this, tests that run beside no worker at all would look fine. */
function worker_publishes(): bool
{
    $command = [PHP, '-n', ...settings_with_worker(), __DIR__ . '/probe.php'];
    return proc_close(proc_open($command, [], $pipes)) === 0;
}

/** @return list<string> paths below the sources */
function find_tests(): array
{
    $tests = [];
    foreach (FOLDERS as $folder) {
        $files = new RecursiveIteratorIterator(new RecursiveDirectoryIterator(SOURCES . "/$folder"));
        foreach ($files as $file) {
            if ($file->getExtension() === 'phpt') {
                $tests[] = substr($file->getPathname(), strlen(SOURCES) + 1);
            }
        }
    }
    sort($tests);
    return $tests;
}

/**
 * One call of run-tests. A test that crashed has a result of its own, whatever was expected of it.
 *
 * @param list<string> $tests
 * @return array<string, array{result: string, diff: string}>
 */
function run_tests(string $title, bool $with_worker, array $tests): array
{
    if (!$tests) {
        return [];
    }
    $base = SOURCES . '/bgworkers/' . strtr($title, ' ', '-');
    file_put_contents("$base.list", implode("\n", array_map(fn ($test) => SOURCES . "/$test", $tests)));
    $settings = $with_worker ? settings_with_worker() : [];
    $command = [PHP, '-n', '-d', 'memory_limit=-1', SOURCES . '/run-tests.php', '-n', '-q', '-j' . getenv('JOBS'),
        '--offline', '--no-color', '--no-progress', '-W', "$base.results", ...$settings, '-r', "$base.list"];
    $environment = ['NO_INTERACTION' => '1', 'TEST_PHP_EXECUTABLE' => PHP, 'TEST_PHP_SRCDIR' => SOURCES,
        'TEST_TIMEOUT' => '120'] + getenv();
    printf("%s: %d tests (log: %s.log)\n", $title, count($tests), $base);
    $start = $said = time();
    $process = proc_open($command, [['null'], ['pipe', 'w'], ['redirect', 1]], $pipes, SOURCES, $environment);
    $log = fopen("$base.log", 'w');
    for ($done = 0; ($line = fgets($pipes[1])) !== false;) {
        fwrite($log, $line);
        $done += preg_match('/^(PASS|FAIL|SKIP|XFAIL|WARN|BORK|LEAK)/', $line);
        if (time() - $said >= 60) {
            $said = time();
            printf("  … %d of them, %d s\n", min($done, count($tests)), $said - $start);
        }
    }
    proc_close($process);

    $results = [];
    foreach (@file("$base.results", FILE_IGNORE_NEW_LINES) ?: [] as $line) {
        [$result, $path] = explode("\t", $line, 2);
        $stem = substr($path, 0, -strlen('phpt'));
        // Warned of are tests that passed at a second try, and those that pass though nobody expects it.
        $result = $result === 'WARNED' ? 'PASSED' : $result;
        $output = $result === 'PASSED' ? '' : (string) @file_get_contents($stem . 'out');
        $results[substr($path, strlen(SOURCES) + 1)] = [
            'result' => preg_match('/^Termsig=\d+/m', $output) ? 'CRASHED' : $result,
            'diff' => $result === 'PASSED' ? '' : (string) @file_get_contents($stem . 'diff'),
        ];
    }
    foreach ($tests as $test) {
        $results[$test] ??= ['result' => 'LOST', 'diff' => ''];
    }
    return $results;
}

/** @return array<string, array{always: bool, reason: string}> */
function expected_differences(): array
{
    $expected = [];
    foreach (file(__DIR__ . '/differences.txt', FILE_IGNORE_NEW_LINES) as $line) {
        if ($line !== '' && $line[0] !== '#') {
            [$test, $when, $reason] = preg_split('/\s+/', $line, 3);
            $expected[$test] = ['always' => $when === 'always', 'reason' => $reason];
        }
    }
    return $expected;
}

/** @return array<string, int> what PHP had to say in the workers, without its time stamps */
function said_by_workers(): array
{
    $lines = @file(SOURCES . '/bgworkers/publisher.log', FILE_IGNORE_NEW_LINES) ?: [];
    return array_count_values(preg_replace('/^\[.*?\] /', '', $lines));
}

/** Every result of a test, in words: "FAILED 3, PASSED 1". */
function in_words(array $results): string
{
    $counts = array_count_values($results);
    ksort($counts);
    return implode(', ', array_map(fn ($result, $count) => "$result $count", array_keys($counts), $counts));
}

install_worker();
make_run_tests_wait();
if (!worker_publishes()) {
    echo "the worker does not publish beside a script\n0 passed, 1 failed\n";
    exit(1);
}
echo "this usually takes 5 minutes on two idle cores\n";
$expected = expected_differences();
$tests = find_tests();
$first = run_tests('with the extension', true, $tests);
$with = array_map(fn ($run) => [$run['result']], $first);

$suspects = array_keys(array_filter($first, fn ($run) => $run['result'] !== 'PASSED'));
$without = array_map(fn ($run) => [$run['result']], run_tests('without the extension', false, $suspects));

// Three times more: what differed, and what should have.
$differed = array_filter($without, fn ($results, $test) => $results !== $with[$test], ARRAY_FILTER_USE_BOTH);
$again = array_values(array_filter($tests, fn ($test) => isset($differed[$test]) || isset($expected[$test])));
$reruns = array_fill_keys($again, []);
for ($i = 1; $i <= RERUNS; ++$i) {
    foreach (run_tests("with the extension again $i", true, $again) as $test => $run) {
        $with[$test][] = $reruns[$test][] = $run['result'];
        $first[$test]['diff'] = $run['diff'] ?: $first[$test]['diff'];
    }
    foreach (run_tests("without the extension again $i", false, $again) as $test => $run) {
        $without[$test][] = $run['result'];
    }
}

$passed = $failed = $skipped = $broken = 0;
echo "\n";
foreach ($tests as $test) {
    $results = sprintf('with: %s; without: %s', in_words($with[$test]), in_words($without[$test] ?? []));
    $explained = $expected[$test] ?? null;
    // Chance excuses a result of the first run that does not come back, but no crash.
    $real = isset($reruns[$test]) && array_diff($reruns[$test], $without[$test]);
    $crashed = in_array('CRASHED', $with[$test]) && !in_array('CRASHED', $without[$test]);
    if ($crashed || in_array('LOST', $with[$test]) || ($real && !$explained)) {
        ++$failed;
        echo "FAIL $test ($results)\n", preg_replace('/^/m', '    ', substr($first[$test]['diff'], 0, 2000)), "\n";
    } elseif ($explained && $explained['always'] && !$real && $with[$test][0] !== 'SKIPPED') {
        ++$failed;
        echo "FAIL $test differs no longer: take it out of differences.txt ($results)\n";
    } elseif ($real) {
        ++$skipped;
        echo "differs as expected: $test: {$explained['reason']}\n";
    } elseif (isset($differed[$test])) {
        ++$passed;
        echo "differed by chance: $test ($results)\n";
    } elseif ($with[$test][0] === 'PASSED') {
        ++$passed;
    } else {
        ++$skipped;
        $broken += in_array($with[$test][0], ['SKIPPED', 'XFAILED']) ? 0 : 1;
    }
}
foreach (said_by_workers() as $message => $times) {
    echo "PHP said in a worker, $times times: $message\n";
}
echo "$broken tests fail without the extension, too: they count as skipped\n";
echo "$passed passed, $failed failed, $skipped skipped\n";
exit($failed ? 1 : 0);
