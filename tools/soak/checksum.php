<?php
function checksum(array $items): string
{
    return hash('xxh3', implode(',', $items));
}
