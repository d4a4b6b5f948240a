<?php
// From samples to rows: medians, spread, ratio, target; as a table or as JSON.

/** @param list<float> $samples */
function quantile(array $samples, float $q): float
{
    sort($samples);
    $at = $q * (count($samples) - 1);
    $below = (int) $at;
    return $samples[$below] + ($at - $below) * ($samples[min($below + 1, count($samples) - 1)] - $samples[$below]);
}

/** What a measurement found: its median, and the quartiles around it. */
final class Measured
{
    public readonly float $median;
    public readonly ?array $quartiles;

    /** @param list<float> $samples; `$q` other than a half: that quantile instead, without quartiles */
    public function __construct(array $samples, float $q = 0.5)
    {
        $this->median = quantile($samples, $q);
        $this->quartiles = $q === 0.5 && count($samples) > 1 ? [quantile($samples, 0.25), quantile($samples, 0.75)] : null;
    }
}

/** One line of the report. The target is a limit for the ratio, or, without a peer in this run, for the value. */
final class Row
{
    public function __construct(
        public string $group,
        public string $name,
        public Measured $ours,
        public ?string $peer = null,
        public ?Measured $theirs = null,
        public ?float $ratio_target = null,
        public ?float $value_target = null,
        public string $unit = 'ns',
        public string $note = '',
    ) {
    }

    public function ratio(): ?float
    {
        return $this->theirs === null ? null : $this->ours->median / $this->theirs->median;
    }

    public function reached(): ?bool
    {
        return match (true) {
            $this->ratio_target !== null => $this->ratio() <= $this->ratio_target,
            $this->value_target !== null => $this->ours->median <= $this->value_target,
            default => null,
        };
    }

    public function json(): string
    {
        $in_ns = $this->unit === 'ns';
        $line = [
            'name' => "$this->group: $this->name",
            'ns' => $in_ns ? round($this->ours->median, 1) : null,
            'peer' => $this->peer,
            'peer_ns' => $in_ns && $this->theirs !== null ? round($this->theirs->median, 1) : null,
            'ratio' => $this->ratio() === null ? null : round($this->ratio(), 4),
            'quartiles' => $this->ours->quartiles,
            'peer_quartiles' => $this->theirs?->quartiles,
            'target_ratio' => $this->ratio_target,
            'target_ns' => $this->value_target,
            'reached' => $this->reached(),
        ];
        if (!$in_ns) {
            $key = $this->unit === 'B' ? 'bytes' : $this->unit;
            $line += [$key => $this->ours->median, "peer_$key" => $this->theirs?->median];
        }
        return json_encode($line, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE);
    }
}

function scaled(float $value, string $unit): string
{
    $steps = match ($unit) {
        'ns' => [1000000 => 'ms', 1000 => 'µs', 1 => 'ns'],
        'B' => [1 << 20 => 'MiB', 1024 => 'KiB', 1 => 'B'],
        'instructions' => [1000000 => 'M', 1 => ''],
    };
    foreach ($steps as $step => $name) {
        if (abs($value) >= $step || $step === 1) {
            $digits = max(0, 2 - (int) floor(log10(max(1, abs($value) / $step))));
            return number_format($value / $step, $step === 1 ? min(1, $digits) : $digits, '.', '') . " $name";
        }
    }
}

function spread(?Measured $measured, string $unit): string
{
    if ($measured?->quartiles === null) {
        return '';
    }
    [$low, $high] = $measured->quartiles;
    return sprintf('±%.0f%%', $measured->median > 0 ? 50 * ($high - $low) / $measured->median : 0);
}

function pad(string $text, int $width, bool $right = false): string
{
    $fill = str_repeat(' ', max(0, $width - mb_strlen($text)));
    return $right ? $fill . $text : $text . $fill;
}

/** @param list<Row> $rows */
function print_table(array $rows): void
{
    $group = null;
    echo pad('', 30), pad('bgworkers', 10, true), '      ', pad('beside', 34), pad('', 10), '      ', pad('ratio', 9, true), "  target\n";
    foreach ($rows as $row) {
        if ($row->group !== $group) {
            echo "\n", $group = $row->group, "\n";
        }
        $target = match (true) {
            $row->ratio_target !== null => '≤ ' . $row->ratio_target,
            $row->value_target !== null => '≤ ' . scaled($row->value_target, $row->unit),
            default => '',
        };
        $verdict = match ($row->reached()) { true => ' reached', false => ' MISSED', null => '' };
        $ratio = $row->ratio();
        echo rtrim(pad("  $row->name", 30) . pad(scaled($row->ours->median, $row->unit), 10, true)
            . pad(spread($row->ours, $row->unit), 6, true) . pad('  ' . $row->peer, 34)
            . pad($row->theirs === null ? '' : scaled($row->theirs->median, $row->unit), 10, true)
            . pad(spread($row->theirs, $row->unit), 6, true)
            . pad($ratio === null ? '' : ($ratio < 0.01 ? sprintf('%.5f', $ratio) : sprintf('%.2f', $ratio)), 9, true)
            . '  ' . pad($target, 9) . $verdict), "\n";
        if ($row->note !== '') {
            echo "      $row->note\n";
        }
    }
    echo "\nMedians; ± half of the range between the quartiles. A ratio below 1 means that bgworkers is faster or smaller.\n";
}
