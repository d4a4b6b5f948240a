<?php
BgWorkers\get_vars('data');
echo json_encode(['pid' => getmypid(), 'leader' => BgWorkers\status()['data']['leader']]);
