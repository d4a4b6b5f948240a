<?php
$data = BgWorkers\get_vars('data');
echo json_encode(['pid' => getmypid(), 'by' => $data['pid'], 'leader' => BgWorkers\status()['data']['leader']]);
