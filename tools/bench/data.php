<?php
// The data of the benchmark: entries as a service registry would hold them.

/** $n nested entries; two of them with different $salt differ in every value. */
function entries(int $n, int $salt = 0): array
{
    $entries = [];
    for ($i = 0; $i < $n; ++$i) {
        $entries["entry_$i"] = [
            'id' => $i + $salt * 100000,
            'name' => "service number $i of $salt",
            'host' => "10.$salt.0." . $i % 256,
            'weight' => $i / 4 + $salt,
            'on' => ($i + $salt) % 2 === 0,
        ];
    }
    return $entries;
}
