<?php
$started = hrtime(true);
$data = match ($_GET['how']) {
    'nothing' => [],
    'data', 'own' => BgWorkers\get_vars($_GET['how']),
    'apcu' => apcu_entry('data', fn () => require __DIR__ . '/included.php'),
    'include' => require __DIR__ . '/included.php',
};
$sum = 0;
foreach ($data as $entry) {
    $sum += $entry['id'];
}
while (hrtime(true) - $started < 20e6) {
    usleep(1000);
}
echo json_encode(['pid' => getmypid(), 'sum' => $sum]);
