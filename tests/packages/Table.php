<?php

/** What was measured of one command in one host; null where the case did not come that far. */
class Measured
{
    public ?float $worked_after = null;
    /** Null also where no run was under way at the stop. */
    public ?float $ended_after = null;
    public ?bool $stops = null;
    /** @var list<int> each once */
    public array $statuses = [];

    /** "works after ms / ms from stop to end / exit statuses" */
    public function __toString(): string
    {
        $number = fn (?float $value) => $value === null ? '–' : (string) round($value);
        return $number($this->worked_after) . ' / ' . ($this->stops === false ? 'killed' : $number($this->ended_after))
            . ' / ' . ($this->statuses ? implode(', ', $this->statuses) : '–');
    }
}

/** All that a call has measured, printed at its end: a row a case, a column a host. */
class Table
{
    /** @var array<string, array<string, Measured>> */
    private static array $rows = [];

    public static function add(string $case, string $host): Measured
    {
        return self::$rows[$case][$host] = new Measured();
    }

    public static function print(): void
    {
        echo "in each host: works after ms / ms from the stop to the end, or killed / exit statuses\n",
            '| case | ', implode(' | ', array_keys(HOSTS)), " |\n|---", str_repeat('|---', count(HOSTS)), "|\n";
        foreach (self::$rows as $case => $hosts) {
            echo "| $case | ", implode(' | ', array_map(fn ($host) => $hosts[$host] ?? '', array_keys(HOSTS))), " |\n";
        }
    }
}
