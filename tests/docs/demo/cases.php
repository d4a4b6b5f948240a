<?php
// ./dev demo: what it claims, and that the little engine which is built for it alone suffices.

/** Runs the demo as ./dev does, and returns what it says. */
$run = function (Scratch $scratch, string ...$options): string {
    $demo = $scratch->start([PHP_BINARY, '-n', dirname(__DIR__, 3) . '/tools/demo/run.php', ...$options], 'demo.log');
    expect_same(0, $demo->wait(60), 'exit status of the demo');
    return $scratch->read('demo.log');
};

return [
    'the demo is in order' => function (Scratch $scratch) use ($run) {
        $said = $run($scratch);
        expect(str_contains($said, 'all in order') && !str_contains($said, 'NOT'), $said);
    },

    'with Redis, too' => function (Scratch $scratch) use ($run) {
        $said = $run($scratch, '--redis');
        expect(str_contains($said, 'all in order') && !str_contains($said, 'NOT'), $said);
    },

    // The engine of the tests has more, so running it does not show this.
    'the demo calls no function and names no constant that its engine does not have' => function () {
        $root = dirname(__DIR__, 3);
        preg_match('/^DEMO_ENGINE_OPTIONS=\(([^)]*)\)$/m', file_get_contents("$root/tools/get/engine.sh"), $options);
        preg_match_all('/--(?:enable|with)-(\w+)/', $options[1], $enabled);
        // Those that --disable-all leaves.
        $has = [...$enabled[1], 'core', 'date', 'hash', 'json', 'pcre', 'random', 'reflection', 'spl', 'standard',
            'user', 'bgworkers'];
        $owners = [];
        foreach (get_defined_constants(true) as $extension => $constants) {
            $owners += array_fill_keys(array_keys($constants), strtolower($extension));
        }
        $seen = 0;
        $missed = [];
        foreach (["$root/tools/demo/run.php", "$root/tests/lib/workers.php", "$root/tests/hosts/fastcgi.php",
            ...glob("$root/docs/recipes/poll-a-file/*.php")] as $file) {
            foreach (PhpToken::tokenize(file_get_contents($file)) as $token) {
                if (!$token->is([T_STRING, T_NAME_QUALIFIED, T_NAME_FULLY_QUALIFIED])) {
                    continue;
                }
                $name = ltrim($token->text, '\\');
                $owner = function_exists($name)
                    ? strtolower((new ReflectionFunction($name))->getExtensionName() ?: 'user')
                    : $owners[$name] ?? null;
                $seen += $owner !== null;
                if ($owner !== null && !in_array($owner, $has, true)) {
                    $missed[] = basename($file) . " line $token->line: $name of $owner";
                }
            }
        }
        expect($seen > 50, "names of functions and constants: $seen");
        expect_same([], $missed, 'names of extensions that the engine lacks');
    },
];
