<?php
require __DIR__ . '/flags.php';

echo flags()['checkout'] === 'new' ? 'the new checkout' : 'the old checkout', "\n";
