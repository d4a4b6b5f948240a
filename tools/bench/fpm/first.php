<?php
$started = hrtime(true);
BgWorkers\get_vars($_GET['name']);
echo json_encode(['pid' => getmypid(), 'ns' => hrtime(true) - $started]);
