#!/usr/bin/env php
<?php
// Shows and steers the background workers of php-fpm, over FPM's own socket: nothing listens, nothing has to run, and
// whoever may not write to that socket may not do this either. `bgworkers help` says how.
//
// This file is both ends. Run by a shell it asks; run by php-fpm, whom it tells its own path, it answers for the child
// that runs it. FPM runs files named *.php alone (security.limit_extensions), so the command is a link to bgworkers.php. It
// prints the first line, too, before anything else can be said: so there is no namespace, and no header is sent.

final class BgWorkersCommand
{
    // --- In a child of php-fpm --------------------------------------------------------------------------------------

    /** One command for the child that runs this, as JSON. A request that came by a web server gets nothing. */
    public static function answer(): void
    {
        $command = $_SERVER['BGWORKERS_COMMAND'] ?? '';
        if ($command === '' || isset($_SERVER['REMOTE_ADDR']) || isset($_SERVER['HTTP_HOST']) || isset($_SERVER['SERVER_PROTOCOL'])) {
            return;
        }
        $answer = ['pid' => getmypid(), 'log' => (string) ini_get('error_log')];
        if (function_exists('fpm_get_status') && PHP_VERSION_ID >= 80300) { // that of 8.2 may crash the child
            $answer['children'] = fpm_get_status()['total-processes'] ?? null;
        }
        try {
            if (!function_exists('BgWorkers\status')) {
                throw new RuntimeException('the extension bgworkers is not loaded in this php-fpm');
            }
            if ($command === 'restart' && !in_array((string) getmypid(), explode(',', $_SERVER['BGWORKERS_DONE'] ?? ''), true)) {
                $answer['restarted'] = BgWorkers\restart($name = $_SERVER['BGWORKERS_WORKER'] ?? '');
                $answer['leader'] = BgWorkers\status()[$name]['leader'] ?? null;  // one for all children: that was it
            }
            // Those who are busy are shown as they have told it to the others.
            $processes = $command === 'status' ? BgWorkers\status(all: true) : [getmypid() => BgWorkers\status()];
            $answer['workers'] = $processes[getmypid()];
            $answer['processes'] = array_diff_key($processes, [getmypid() => true]);
        } catch (Throwable $error) {
            $answer['error'] = $error->getMessage();
        }
        echo json_encode($answer, JSON_INVALID_UTF8_SUBSTITUTE | JSON_PRESERVE_ZERO_FRACTION);
    }

    // --- The command ------------------------------------------------------------------------------------------------

    const HELP = <<<'TEXT'
        bgworkers status           the workers of all children, a line each; exit status 1 if one is failed or stuck
        bgworkers top              the same, again and again
        bgworkers restart NAME     a new run in each child in which it was started; of a shared worker one
        bgworkers logs NAME        the lines about a worker, and those to come
        bgworkers check PATH       is this workers file right, or are those of this directory? Exit status 1 if not, with
                                   each line that is wrong, and why

        --fpm=SOCKET      php-fpm's socket (a path, or HOST:PORT); else the variable BGWORKERS_FPM
        --url=URL         a status page (docs/monitoring/status.php): of status and top, of any host; else BGWORKERS_URL
        --agent=FILE      this file, bgworkers.php, where php-fpm finds it (in a chroot, or with open_basedir)
        --json            status: as JSON
        --every=SECONDS   top: 2
        --count=N         top: ends after so many
        --log=FILE        logs: not the one that php-fpm tells
        --lines=N         logs: so many of those that are there, 20
        --no-follow       logs: only those

        Exit status 2: it could not be asked, or the call is wrong.

        TEXT;

    public static function main(array $arguments): int
    {
        try {
            [$words, $options] = self::parse($arguments);
            $command = array_shift($words) ?? 'help';
            return match (true) {
                $command === 'help' => self::print_help(),
                $command === 'status' && $words === [] => self::status($options),
                $command === 'top' && $words === [] => self::top($options),
                $command === 'restart' && count($words) === 1 => self::restart($words[0], $options),
                $command === 'logs' && count($words) === 1 => self::logs($words[0], $options),
                $command === 'check' && count($words) === 1 => self::check($words[0]),
                default => throw new RuntimeException(self::wrong_call($command)),
            };
        } catch (RuntimeException $error) {
            fwrite(STDERR, 'bgworkers: ' . $error->getMessage() . "\n");
            return 2;
        }
    }

    public static function print_help(): int
    {
        echo self::HELP;
        return 0;
    }

    /** The one of the words that was probably meant, as an addition to a message. */
    public static function did_you_mean(string $word, array $words): string
    {
        $distances = [];
        foreach ($words as $each) {
            $distances[$each] = levenshtein($word, (string) $each);
        }
        asort($distances);
        $nearest = array_key_first($distances);
        return $nearest !== null && $distances[$nearest] <= max(1, intdiv(strlen($word), 3)) ? ", did you mean $nearest?" : '';
    }

    public static function wrong_call(string $command): string
    {
        $forms = ['status' => 'status', 'top' => 'top', 'restart' => 'restart NAME', 'logs' => 'logs NAME', 'check' => 'check PATH'];
        return isset($forms[$command])
            ? "it is called as: bgworkers $forms[$command] [OPTIONS]"
            : "unknown command \"$command\"" . self::did_you_mean($command, array_keys($forms)) . '; see bgworkers help';
    }

    /** [words, name => value of an option] */
    public static function parse(array $arguments): array
    {
        $known = ['fpm' => true, 'url' => true, 'agent' => true, 'json' => false, 'every' => true, 'count' => true, 'log' => true,
            'lines' => true, 'no-follow' => false];
        $words = $options = [];
        while (($argument = array_shift($arguments)) !== null) {
            if ($argument === '--') {
                return [[...$words, ...$arguments], $options];
            }
            if ($argument === '--help' || $argument === '-h') {
                return [['help'], []];
            }
            if (!str_starts_with($argument, '--')) {
                $words[] = $argument;
                continue;
            }
            [$name, $value] = explode('=', substr($argument, 2), 2) + [1 => null];
            if (!isset($known[$name])) {
                throw new RuntimeException("unknown option --$name" . self::did_you_mean($name, array_keys($known)) . '; see bgworkers help');
            }
            if ($known[$name] && $value === null) {
                $value = array_shift($arguments) ?? throw new RuntimeException("--$name needs a value");
            } elseif (!$known[$name] && $value !== null) {
                throw new RuntimeException("--$name takes no value");
            }
            $options[$name] = $value ?? true;
        }
        foreach (['every', 'count', 'lines'] as $name) {
            if (isset($options[$name]) && (!is_numeric($options[$name]) || $options[$name] < 0)) {
                throw new RuntimeException("--$name must be a number, not \"$options[$name]\"");
            }
        }
        return [$words, $options];
    }

    // --- Asking -----------------------------------------------------------------------------------------------------

    /** The answers of all processes that can be reached, by pid. */
    public static function ask(array $options, array $parameters): array
    {
        $socket = $options['fpm'] ?? (isset($options['url']) ? null : (getenv('BGWORKERS_FPM') ?: null));
        $url = $options['url'] ?? (getenv('BGWORKERS_URL') ?: null);
        if ($socket !== null) {
            return self::ask_children($socket, $options['agent'] ?? __FILE__, $parameters);
        }
        if ($url === null) {
            throw new RuntimeException('whom to ask? Give php-fpm\'s socket with --fpm=SOCKET (listen = ... of the pool), or a '
                . 'status page with --url=URL');
        }
        if ($parameters['BGWORKERS_COMMAND'] !== 'status') {
            throw new RuntimeException('that needs php-fpm\'s socket (--fpm=SOCKET): a status page only shows');
        }
        $answer = self::ask_page($url);
        $answers = [$answer['pid'] => $answer] + self::told([$answer]);
        ksort($answers);
        return $answers;
    }

    /** What those who answered tell of all processes. */
    public static function told(array $answers): array
    {
        $told = [];
        foreach ($answers as $answer) {
            foreach ($answer['processes'] ?? [] as $pid => $workers) {
                $told[$pid] = ['pid' => $pid, 'workers' => $workers];
            }
        }
        return $told;
    }

    /**
     * Idle children take connections in turn, so asking until nobody new answers reaches all that are idle; a busy one that
     * gets free is reached as well. FPM starts no child for that: one request at a time is under way. Those who are not
     * reached have told the others how they are, where there is shared memory.
     */
    public static function ask_children(string $socket, string $agent, array $parameters): array
    {
        $answers = [];
        for ($in_vain = 0; $in_vain < count($answers) + 4; ++$in_vain) {
            $answer = self::decode(self::fastcgi($socket, $agent, $parameters + ['BGWORKERS_DONE' => implode(',', array_keys($answers))]));
            if (!isset($answers[$answer['pid']])) {
                $answers[$answer['pid']] = $answer;
                $in_vain = -1;
            }
            if (count($answers) === ($answer['children'] ?? null) || isset($answer['leader'])) {
                break;
            }
        }
        foreach (array_diff_key(self::told($answers), $answers) as $pid => $busy) {
            $answers[$pid] = $busy + ['told_at' => min([microtime(true), ...array_column($busy['workers'], 'told_at')])];
        }
        ksort($answers);
        return $answers;
    }

    public static function ask_page(string $url): array
    {
        $context = stream_context_create(['http' => ['header' => 'Accept: application/json', 'timeout' => 10, 'ignore_errors' => true]]);
        $body = @file_get_contents($url, false, $context);
        if ($body === false) {
            throw new RuntimeException("$url: " . (error_get_last()['message'] ?? 'no answer'));
        }
        return self::decode($body);
    }

    public static function decode(string $body): array
    {
        $answer = json_decode((string) strstr($body, '{'), true);
        if (!is_array($answer) || !isset($answer['pid'])) {
            throw new RuntimeException('the answer is not one of bgworkers: ' . substr(trim(strip_tags($body)), 0, 200));
        }
        return $answer;
    }

    /** One request of php-fpm; the body of its response. */
    public static function fastcgi(string $socket, string $script, array $parameters): string
    {
        $address = str_contains($socket, '://') ? $socket : (str_contains($socket, '/') ? "unix://$socket" : "tcp://$socket");
        $connection = @stream_socket_client($address, $code, $message, 5)
            ?: throw new RuntimeException("php-fpm cannot be reached at $socket: $message");
        stream_set_timeout($connection, 30);
        $record = fn (int $type, string $content) => pack('CCnnCC', 1, $type, 1, strlen($content), 0, 0) . $content;
        $encoded = '';
        foreach (['SCRIPT_FILENAME' => $script, 'REQUEST_METHOD' => 'GET', ...$parameters] as $name => $value) {
            $encoded .= pack('NN', strlen($name) | 1 << 31, strlen($value) | 1 << 31) . $name . $value;
        }
        fwrite($connection, $record(1, pack('nCx5', 1, 0)) . $record(4, $encoded) . $record(4, '') . $record(5, ''));
        $output = $errors = '';
        while (strlen($header = (string) stream_get_contents($connection, 8)) === 8) {
            ['type' => $type, 'length' => $length, 'padding' => $padding] = unpack('Cversion/Ctype/nid/nlength/Cpadding', $header);
            $content = $length + $padding === 0 ? '' : substr((string) stream_get_contents($connection, $length + $padding), 0, $length);
            if ($type === 6) {
                $output .= $content;
            } elseif ($type === 7) {
                $errors .= $content;
            } elseif ($type === 3) {
                break;
            }
        }
        if (stream_get_meta_data($connection)['timed_out']) {
            throw new RuntimeException("php-fpm at $socket does not answer: are all its children busy?");
        }
        fclose($connection);
        [$headers, $body] = explode("\r\n\r\n", $output, 2) + [1 => ''];
        if (preg_match('/^Status: (?!200)/mi', $headers) || $output === '') {
            throw new RuntimeException("php-fpm at $socket cannot run $script: " . (trim($errors) ?: trim(strip_tags($body)) ?: 'no answer')
                . '; --agent=FILE names a copy of bgworkers.php that it can read');
        }
        return $body;
    }

    // --- Showing ----------------------------------------------------------------------------------------------------

    public static function status(array $options): int
    {
        $answers = self::ask($options, ['BGWORKERS_COMMAND' => 'status']);
        if (isset($options['json'])) {
            $plain = array_map(fn ($answer) => array_diff_key($answer, ['processes' => true]), array_values($answers));
            echo json_encode($plain, JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES | JSON_PRESERVE_ZERO_FRACTION), "\n";
        } else {
            echo self::table($answers);
        }
        return self::is_well($answers) ? 0 : 1;
    }

    public static function is_well(array $answers): bool
    {
        foreach ($answers as $answer) {
            if (isset($answer['error']) || array_intersect(array_column($answer['workers'], 'state'), ['failed', 'stuck', 'hung']) !== []) {
                return false;
            }
        }
        return true;
    }

    public static function top(array $options): int
    {
        $count = (int) ($options['count'] ?? 0);
        for ($turn = 1;; ++$turn) {
            $shown = self::table(self::ask($options, ['BGWORKERS_COMMAND' => 'status']));
            // One write, so that nothing flickers.
            echo "\e[H\e[2J", date('H:i:s'), "   bgworkers top, ends with Ctrl-C\n\n", $shown;
            if ($turn === $count) {
                return 0;
            }
            usleep((int) (1e6 * (float) ($options['every'] ?? 2)));
        }
    }

    public static function table(array $answers): string
    {
        $rows = [['PID', 'WORKER', 'STATE', 'RUNS', 'CRASHES', 'PUBLISHED', 'SIZE', 'QUEUED', 'LAST ERROR']];
        $remarks = $teller = [];
        foreach ($answers as $pid => $answer) {
            if (isset($answer['error'])) {
                $remarks["$answer[error]"][] = $pid;
            }
            if (isset($answer['told_at'])) {
                $remarks['busy, so this is as it was ' . self::ago(max(0.0, microtime(true) - $answer['told_at'])) . ' ago'][] = $pid;
            }
            foreach ($answer['workers'] ?? [] as $name => $worker) {
                if ($worker['log_error'] ?? null) {
                    $remarks["the log cannot be written: $worker[log_error]"][$pid] = $pid;
                }
                if ($worker['edited_file'] ?? null) {
                    $remarks["$worker[edited_file] was edited after it was read: reload php-fpm"][$pid] = $pid;
                }
                if ($worker['shared'] ?? false) { // all tell the same of it
                    $teller[$name] ??= isset($answers[$worker['leader']]['workers'][$name]) ? $worker['leader'] : $pid;
                    if ($pid !== $teller[$name]) {
                        continue;
                    }
                }
                $rows[] = [(string) $pid, self::printable($name . ($worker['shared'] ?? false ? ' (shared)' : '') . ($worker['instances'] > 1 ? " x$worker[instances]" : '')), $worker['state'],
                    (string) $worker['runs'], (string) $worker['crashes'], self::ago($worker['age']),
                    $worker['ready'] ? self::bytes($worker['bytes']) : '-', (string) $worker['queued'], self::printable((string) $worker['last_error'])];
            }
        }
        $text = count($rows) > 1 ? self::layout($rows) : '';
        foreach ($remarks as $remark => $pids) {
            // Of a workers file there may be several mistakes, a line each.
            $lines = array_map(self::printable(...), explode("\n", $remark));
            $text .= 'pid ' . implode(', ', $pids) . ': ' . implode("\n    ", $lines) . "\n";
        }
        $children = max([0, ...array_map(fn ($answer) => $answer['children'] ?? 0, $answers)]);
        if ($children > count($answers)) {
            $text .= count($answers) . " of $children children answered, the others are busy\n";
        }
        return $text === '' ? "no workers are declared\n" : $text;
    }

    public static function layout(array $rows): string
    {
        $widths = [];
        foreach ($rows as $row) {
            foreach (array_slice($row, 0, -1) as $column => $cell) {
                $widths[$column] = max($widths[$column] ?? 0, strlen($cell));
            }
        }
        $room = max(20, self::columns() - array_sum($widths) - 2 * count($widths));
        $text = '';
        foreach ($rows as $row) {
            $line = '';
            foreach ($widths as $column => $width) {
                // Numbers to the right.
                $line .= str_pad($row[$column], $width, ' ', in_array($column, [0, 3, 4, 5, 6, 7]) ? STR_PAD_LEFT : STR_PAD_RIGHT) . '  ';
            }
            $text .= rtrim($line . (strlen(end($row)) > $room ? substr(end($row), 0, $room - 3) . '...' : end($row))) . "\n";
        }
        return $text;
    }

    /** Of the terminal; without one, nothing is cut. */
    public static function columns(): int
    {
        static $columns = null;
        return $columns ??= match (true) {
            (int) getenv('COLUMNS') > 0 => (int) getenv('COLUMNS'),
            stream_isatty(STDOUT) => (int) (explode(' ', trim((string) @shell_exec('stty size 2>/dev/null </dev/tty')))[1] ?? 0) ?: 120,
            default => 100000,
        };
    }

    /** What a terminal would act on becomes a dot. */
    public static function printable(string $text): string
    {
        return preg_replace('/[\x00-\x1f\x7f]/', '.', $text);
    }

    public static function ago(?float $seconds): string
    {
        return match (true) {
            $seconds === null => '-',
            $seconds >= 86400 => round($seconds / 86400, 1) . ' d',
            $seconds >= 3600 => round($seconds / 3600, 1) . ' h',
            $seconds >= 60 => round($seconds / 60, 1) . ' min',
            default => round($seconds, 1) . ' s',
        };
    }

    public static function bytes(int $bytes): string
    {
        return match (true) {
            $bytes >= 1 << 20 => round($bytes / (1 << 20), 1) . ' MiB',
            $bytes >= 1 << 10 => round($bytes / (1 << 10), 1) . ' KiB',
            default => "$bytes B",
        };
    }

    // --- Steering, the log, a file ----------------------------------------------------------------------------------

    public static function restart(string $name, array $options): int
    {
        $answers = self::ask($options, ['BGWORKERS_COMMAND' => 'restart', 'BGWORKERS_WORKER' => $name]);
        $restarted = 0;
        foreach ($answers as $pid => $answer) {
            $is_stuck = ($answer['workers'][$name]['state'] ?? null) === 'stuck';
            $restarted += ($answer['restarted'] ?? false) && !$is_stuck ? 1 : 0;
            echo 'pid ', $answer['leader'] ?? $pid, ': ', self::printable($answer['error'] ?? match (true) {
                !$answer['restarted'] => 'was not started there',
                $is_stuck => 'is stuck in a call, and begins anew when that ends; a reload of php-fpm waits for none',
                default => 'begins anew',
            }), "\n";
            if (isset($answer['leader'])) {
                return $restarted > 0 ? 0 : 1;
            }
        }
        $children = max([0, ...array_map(fn ($answer) => $answer['children'] ?? 0, $answers)]);
        if ($children > count($answers)) {
            echo count($answers), " of $children children answered, the others are busy: call it again\n";
        }
        return $restarted > 0 ? 0 : 1;
    }

    public static function logs(string $name, array $options): int
    {
        $path = $options['log'] ?? null;
        if ($path === null) {
            $answers = self::ask($options, ['BGWORKERS_COMMAND' => 'status']);
            $path = reset($answers)['log'] ?? '';
            if ($path === '' || $path === 'syslog' || $path[0] !== '/') {
                throw new RuntimeException('the log of php-fpm (error_log = "' . $path . '") is no file that can be found; name one '
                    . 'with --log=FILE');
            }
        }
        $file = @fopen($path, 'r') ?: throw new RuntimeException("$path cannot be read");
        $found = [];
        while (($line = fgets($file)) !== false) {
            if (self::is_about($line, $name)) {
                $found[] = $line;
                if (count($found) > (int) ($options['lines'] ?? 20)) {
                    array_shift($found);
                }
            }
        }
        echo implode('', $found);
        if (!isset($options['no-follow'])) {
            self::follow($path, $file, $name);
        }
        return 0;
    }

    /** Never returns, but for the end of the world. The file may be rotated, by a new one or by making it empty. */
    public static function follow(string $path, mixed $file, string $name): never
    {
        for ($text = '';;) {
            while (($piece = fgets($file)) !== false) {
                $text .= $piece;
                if (str_ends_with($text, "\n")) {
                    echo self::is_about($text, $name) ? $text : '';
                    $text = '';
                }
            }
            usleep(200000);
            clearstatcache(true, $path);
            $now = @stat($path);
            $ours = fstat($file);
            fseek($file, ftell($file)); // or PHP remembers that it was at the end
            if ($now !== false && ($now['ino'] !== $ours['ino'] || $now['size'] < ftell($file))) {
                $file = @fopen($path, 'r') ?: $file;
            }
        }
    }

    public static function is_about(string $line, string $name): bool
    {
        if (str_starts_with($line, '{')) {
            $fields = json_decode($line, true);
            return is_array($fields) && (string) ($fields['worker'] ?? '') === $name;
        }
        $quoted = preg_match('~^[\w./:+-]+$~', $name) ? $name : '"' . addcslashes($name, '"\\') . '"';
        return preg_match('/\bbgworkers\[\d+\]: (?:\[' . preg_quote($name, '/') . '\] |level=\w+ worker=' . preg_quote($quoted, '/') . ' )/',
            $line) === 1;
    }

    public static function check(string $path): int
    {
        // As bgworkers.config would name it: links stay.
        $file = str_starts_with($path, '/') || preg_match('~^[a-z]:[/\\\\]~i', $path) ? $path : getcwd() . "/$path";
        if (!file_exists($file)) {
            throw new RuntimeException("$path: there is no such file");
        }
        if (!extension_loaded('bgworkers')) {
            throw new RuntimeException('the extension bgworkers is not loaded in ' . PHP_BINARY . ', which could say');
        }
        $code = 'function_exists("BgWorkers\status") || exit(3); try { echo implode(", ", array_keys(BgWorkers\status())); } catch (Throwable $e) { echo $e->getMessage(); exit(1); }';
        $settings = [];
        foreach (['bgworkers.config' => $file, 'bgworkers.entrypoint' => '', 'error_log' => '/dev/null'] as $name => $value) {
            array_push($settings, '-d', "$name=\"$value\"");
        }
        $ini = php_ini_loaded_file();
        $process = proc_open([PHP_BINARY, ...($ini === false ? [] : ['-c', $ini]), ...$settings, '-r', $code], [1 => ['pipe', 'w']], $pipes);
        $said = stream_get_contents($pipes[1]);
        $status = proc_close($process);
        if ($status === 3) {
            throw new RuntimeException('another run of ' . PHP_BINARY . ' has not loaded the extension: load it in php.ini, not with -d');
        }
        echo $status === 0 ? "$file is in order; declared: " . ($said === '' ? 'none' : $said) : $said, "\n";
        return $status === 0 ? 0 : 1;
    }
}

if (PHP_SAPI !== 'cli') {
    BgWorkersCommand::answer();
    return;
}
exit(BgWorkersCommand::main(array_slice($_SERVER['argv'], 1)));
