<?php
// A page of the docs and the blocks that it shows.

class Block
{
    public bool $used = false;

    public function __construct(
        public readonly string $language,
        public readonly string $text,
        public readonly int $line,
    ) {
    }

    /** Without a comment at its end; 60 characters of it. */
    public function firstLine(): string
    {
        return trim(substr(preg_replace('/(?<=\S)\s+[#;].*/', '', strtok($this->text, "\n")), 0, 60));
    }
}

/** Each block of a page is used by the test that walks it, or checked by its language, or listed in not_run.php. */
class Page
{
    /** @var list<Block> */
    public readonly array $blocks;

    public readonly string $text;

    /** @param string $name the path in the tree */
    public function __construct(public readonly string $name, ?string $text = null)
    {
        $this->text = $text ?? file_get_contents(dirname(__DIR__, 2) . "/$name");
        preg_match_all('/^```(\S*)\n(.*?)^```$/ms', $this->text, $found, PREG_SET_ORDER | PREG_OFFSET_CAPTURE);
        $this->blocks = array_map(fn ($block) => new Block($block[1][0], $block[2][0],
            1 + substr_count($this->text, "\n", 0, $block[0][1])), $found);
        // Whatever opens a block in another way would not be seen.
        expect_same(2 * count($found), preg_match_all('/```|^[ \t]*~~~/m', $this->text), "fences of $name");
    }

    /** All pages that the tree has, by their paths. */
    public static function names(): array
    {
        $root = dirname(__DIR__, 2);
        $docs = new RecursiveDirectoryIterator("$root/docs", FilesystemIterator::SKIP_DOTS);
        $pages = ['README.md'];
        foreach (new RecursiveIteratorIterator($docs) as $file) {
            if ($file->getExtension() === 'md') {
                $pages[] = substr($file->getPathname(), strlen("$root/"));
            }
        }
        sort($pages);
        return $pages;
    }

    /** The text of the one block of a language that holds these words. */
    public function take(string $language, string $words = ''): string
    {
        $found = array_values(array_filter($this->blocks,
            fn ($block) => $block->language === $language && str_contains($block->text, $words)));
        expect(count($found) === 1, "one block of \"$language\" with \"$words\" in $this->name, not " . count($found));
        $found[0]->used = true;
        return $found[0]->text;
    }

    /** @return list<Block> those that nobody has taken */
    public function rest(): array
    {
        return array_values(array_filter($this->blocks, fn ($block) => !$block->used));
    }
}

/**
 * A pattern for what a page shows. Each number may be another one if numbers vary, and times of day are never the same.
 * "..." stands for anything.
 */
function shape(string $shown, bool $numbers_vary = false): string
{
    $pattern = str_replace('\.\.\.', '.*', preg_quote(trim($shown), '~'));
    return $numbers_vary
        ? preg_replace(['/\d+/', '/\battempts?\b/'], ['\d+', 'attempts?'], $pattern)
        : preg_replace('/\b\d\d(\\\\?):\d\d\1:\d\d\b/', '\d\d:\d\d:\d\d', $pattern);
}

/** Each line that a page shows stands in the text, in this order. Numbers vary. */
function shows_lines(string $shown, string $text): bool
{
    $lines = array_map(fn ($line) => shape($line, true), explode("\n", trim($shown)));
    return preg_match('~' . implode('$.*^.*', $lines) . '~ms', $text) === 1;
}
