<?php
$started = hrtime(true);
BgWorkers\get_vars('data');
echo json_encode(['pid' => getmypid(), 'ns' => hrtime(true) - $started]);
