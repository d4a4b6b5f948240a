<?php
// What phpt tests, the drivers of hosts and the demo share: workers declared in place, and waiting.

/**
 * A workers file and its scripts, name => content, the file last:
 * worker_files(['clock' => 'set_vars([1]);', 'pool' => ['code' => ..., 'num' => 3]]). Scripts that publish and then
 * live on end with live().
 *
 * @param array<string, string|array<string, mixed>> $workers code, or keys of the file with the code under "code"
 * @return array<string, string>
 */
function worker_files(array $workers, string $file = 'workers.ini', string $prefix = 'worker'): array
{
    $files = [];
    $ini = '';
    foreach ($workers as $name => $worker) {
        $worker = is_array($worker) ? $worker : ['code' => $worker];
        $script = "$prefix-" . preg_replace('/\W/', '_', $name) . '.php';
        $files[$script] = "<?php\nfunction live(): void { while (!BgWorkers\\should_stop(60)); }\n$worker[code]";
        unset($worker['code']);
        $ini .= "[$name]\nscript = $script\n";
        foreach ($worker as $key => $values) {
            foreach ((array) $values as $value) {
                $ini .= "$key = $value\n";
            }
        }
    }
    return $files + [$file => $ini];
}

/** Polls until the condition gives something true, and returns that; something false when the time is over. */
function poll(callable $condition, float $seconds): mixed
{
    $deadline = microtime(true) + $seconds;
    while (!($result = $condition()) && microtime(true) < $deadline) {
        usleep(1000);
    }
    return $result;
}
