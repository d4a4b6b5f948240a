<?php
['host' => $host, 'port' => $port] = BgWorkers\get_vars('redis-master');

echo "$host:$port\n";   // connect there
