<?php
// Pages that are run as a reader would, from top to bottom.

require_once __DIR__ . '/getting_started.php';
require_once dirname(__DIR__) . '/image/image.php';

/** A recipe: what the first terminal runs, what the second one shows. */
$recipe = function (Page $page, Scratch $scratch) {
    exec('cp -R ' . escapeshellarg(dirname(__DIR__, 3) . '/docs/recipes') . ' ' . escapeshellarg($scratch->dir));
    $terminal = new Terminal($scratch, "$scratch->dir/" . substr(dirname($page->name), strlen('docs/')));
    $terminal->run($page->take('sh'));
    $terminal->console($page->take('console'), numbers_vary: $page->name === 'docs/recipes/amphp/README.md');
    $terminal->interrupt();
};
$walks = [];
foreach (glob(dirname(__DIR__, 3) . '/docs/recipes/*', GLOB_ONLYDIR) as $folder) {
    $walks['docs/recipes/' . basename($folder) . '/README.md'] = $recipe;
}

/** The commands are those of the Dockerfile that docs:image runs. */
function expect_install(string $block): void
{
    $commands = fn (string $text) => array_values(array_filter(array_map(
        fn ($command) => trim(str_replace(['sudo ', ' -j"$(nproc)"'], '', $command)), preg_split('/&&|\n/', $text))));
    foreach (Image::steps((new Page('docs/hosts/php-fpm.md'))->take('dockerfile', 'FROM')) as [, $text]) {
        if (str_starts_with($text, 'cd /usr/src/bgworkers')) {
            expect_same(array_slice($commands($text), 1, 4), $commands($block), 'the commands that install');
            return;
        }
    }
    throw new Exception('no step of the Dockerfile installs bgworkers');
}

return $walks + [
    'README.md' => function (Page $page): void {
        // The recipe's files, which its own walk runs.
        $recipe = dirname(__DIR__, 3) . '/docs/recipes/poll-a-file';
        expect_same(file_get_contents("$recipe/worker.php"), $page->take('php', 'set_vars'), 'the worker');
        expect_same(file_get_contents("$recipe/index.php"), $page->take('php', 'get_vars'), 'the page');
        expect_same(file_get_contents("$recipe/workers.ini"), $page->take('ini', '[flags]'), 'the workers file');
        expect_install($page->take('sh', 'phpize'));
    },
    'docs/getting-started.md' => getting_started(...),
    'docs/configuration.md' => function (Page $page, Scratch $scratch): void {
        $package = $scratch->file('app/vendor/acme/flags');
        mkdir("$package/src", recursive: true);
        file_put_contents("$package/workers.ini", $page->take('ini', '; vendor/acme/flags/workers.ini'));
        touch("$package/src/worker.php");
        $terminal = new Terminal($scratch, $scratch->file('app'));
        $terminal->phpIni('extension = bgworkers');
        $checked = $terminal->do($page->take('sh', '90-local.ini'));
        expect(str_contains($checked, 'is in order; declared: acme.flags'), "a package that is declared: $checked");
    },
    'docs/production.md' => function (Page $page): void {
        $run = (new Page('docs/hosts/php-fpm.md'))->take('dockerfile', 'FROM');
        expect(str_ends_with($run, $page->take('dockerfile', 'STOPSIGNAL')), 'the end of the Dockerfile that is run');
    },
    'docs/hosts/php-fpm.md' => function (Page $page): void {
        $steps = Image::steps($page->take('dockerfile', 'FROM'));       // docs:image runs them
        expect_same(['FROM', 'CMD'], [$steps[0][0], end($steps)[0]], 'the first and the last step');
    },
];
