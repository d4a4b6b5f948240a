<?php
// Looks without a pause, so what is seen late was late.
$seen = [];
$last = BgWorkers\get_vars('data')['at'];
for ($until = hrtime(true) + 500e6; hrtime(true) < $until;) {
    $at = BgWorkers\get_vars('data')['at'];
    if ($at !== $last) {
        $seen[] = hrtime(true) - $at;
        $last = $at;
    }
}
echo json_encode(['seen' => $seen, 'leads' => BgWorkers\status()['data']['leader'] === getmypid()]);
