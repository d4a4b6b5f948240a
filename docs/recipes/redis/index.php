<?php
$flags = BgWorkers\get_vars('flags');   // starts the worker if need be; after that, no copy and no lock

echo $flags['checkout'] === 'new' ? 'the new checkout' : 'the old checkout', "\n";
