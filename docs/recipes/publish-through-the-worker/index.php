<?php
use BgWorkers\TaskException;

header('Content-Type: text/plain');
if ($_SERVER['REQUEST_METHOD'] === 'POST') {
    try {
        BgWorkers\send_task('flags', ['flag' => $_POST['flag'] ?? '', 'on' => (bool) ($_POST['on'] ?? false)], timeout: 5)->await();
    } catch (TaskException $e) {
        http_response_code($e->getErrorClass() === DomainException::class ? 422 : 500);
        exit($e->getMessage() . "\n");
    }
}
foreach (BgWorkers\get_vars('flags') as $flag => $on) {
    echo $flag, $on ? " on\n" : " off\n";
}
