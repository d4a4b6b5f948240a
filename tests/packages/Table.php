<?php

/** What was measured of one command in one host; null where the case did not come that far. */
class Row
{
    public ?float $worked_after = null;
    /** Null also where no run was under way at the stop. */
    public ?float $ended_after = null;
    public ?bool $stops = null;
    /** @var list<int> each once */
    public array $statuses = [];

    public function __construct(public readonly string $package, public readonly string $command, public string $host)
    {
    }
}

/** All rows of a call, printed at its end. */
class Table
{
    /** @var list<Row> */
    private static array $rows = [];

    public static function add(string $package, array $arguments, array $more, string $host): Row
    {
        $keys = array_map(fn ($key, $value) => ", $key = $value", array_keys($more), $more);
        return self::$rows[] = new Row($package, '`' . implode(' ', $arguments) . '`' . implode('', $keys), $host);
    }

    public static function print(): void
    {
        $number = fn (?float $value) => $value === null ? '–' : (string) round($value);
        $word = fn (?bool $value) => $value === null ? '–' : ($value ? 'yes' : 'no');
        echo "| package | command | host | works after ms | stops by itself | ms from stop to end | exit status |\n",
            "|---|---|---|---|---|---|---|\n";
        foreach (self::$rows as $row) {
            echo "| $row->package | $row->command | $row->host | ", $number($row->worked_after), ' | ',
                $word($row->stops), ' | ', $number($row->ended_after), ' | ', implode(', ', $row->statuses), " |\n";
        }
    }
}
