<?php
// Each page of the docs: what it shows is run, or read by whoever reads it, or listed with the reason in not_run.php.

require_once dirname(__DIR__) . '/page.php';
require_once dirname(__DIR__) . '/terminal.php';
require_once __DIR__ . '/languages.php';

$walks = require __DIR__ . '/walks.php';
$not_run = require __DIR__ . '/not_run.php';
$pages = Page::names();

/** @param array<string, string> $reasons for what is not run, by the block's first line */
$check = function (Page $page, Scratch $scratch, ?callable $walk, array $reasons): void {
    $walk === null || $walk($page, $scratch);
    foreach ($page->rest() as $block) {
        $first = $block->firstLine();
        if (isset($reasons[$first])) {
            expect(strlen($reasons[$first]) > 10, "a reason for $first");
            unset($reasons[$first]);
        } elseif ($block->language === 'php') {
            expect_parses($block, $scratch);
        } elseif ($block->language === 'ini') {
            expect_read($block, $scratch);
        } elseif ($block->language === 'nginx') {
            expect_read_by_nginx($block, $scratch);
        } else {
            // What a program has printed is compared where the page is walked.
            expect($block->language === '' && $walk === null,
                "that $page->name:$block->line is run, or listed in not_run.php with the reason: $first");
        }
    }
    expect_same([], array_keys($reasons), "blocks in not_run.php that $page->name does not have, or that are run");
};

$cases = [
    'no page that is gone is walked or listed' => function () use ($walks, $not_run, $pages) {
        expect(count($pages) > 30, 'pages');
        $named = [...array_keys($walks), ...array_keys($not_run)];
        expect_same([], array_values(array_diff($named, $pages)), 'pages that are gone');
    },

    'a bad page is told' => function (Scratch $scratch) use ($check) {
        $fails = function (string $says, string $text, array $reasons = [], $walk = null) use ($check, $scratch) {
            try {
                $check(new Page('a page', $text), $scratch, $walk, $reasons);
            } catch (Exception $told) {
                expect(str_contains($told->getMessage(), $says), "\"$says\" in: " . $told->getMessage());
                return;
            }
            throw new Exception("nothing is told of: $text");
        };
        $block = fn (string $language, string $text) => "Words.\n\n```$language\n$text\n```\n";
        $fails('a page:3 is run, or listed', $block('sh', 'make coffee'));
        $fails('a page:3 is run, or listed', $block('yaml', 'tea: 1'));
        $fails('a page:3 is run, or listed', $block('', 'an output'), walk: fn () => null);
        $fails('not_run.php that a page does not have', $block('sh', 'make coffee'),
            ['make coffee' => 'there is no coffee', 'make tea' => 'there is no tea']);
        $fails('fences of a page', $block('sh', 'make coffee') . "  ```sh\n");
        $fails('a script on line 3', $block('php', 'echo $flags['));
        $fails('a function get_flags(', $block('php', 'BgWorkers\get_flags(string $name): array'));
        $fails('a workers file', $block('ini', "[flags]\nscript = worker.php\nwacht[] = worker.php"));
        $fails('a php.ini on line 3', $block('ini', "extension = bgworkers\nbgworkers.confg = /srv/app/workers.ini"));
        $fails('lines for php-fpm', $block('ini', "[global]\nprocess_control_timeout = 10s\nprocess_controls = 1"));
        $fails('a block of nginx on line 3', $block('nginx', "server {\n    lisssten 80;\n}"));
        $fails('a unit on line 3', $block('ini', "[Service]\nKillSgnal=SIGQUIT"));
    },
];
foreach ($pages as $name) {
    if (str_contains(file_get_contents(dirname(__DIR__, 3) . "/$name"), '```')) {
        $cases[$name] = fn (Scratch $scratch) =>
            $check(new Page($name), $scratch, $walks[$name] ?? null, $not_run[$name] ?? []);
    }
}
return $cases;
