<?php
use function BgWorkers\get_vars;

$name = $_GET['name'] === 'own' ? 'own' : 'data';
get_vars($name);
$empty = function () {
    for ($started = hrtime(true), $i = 0; $i < 100000; ++$i) {
    }
    return hrtime(true) - $started;
};
$of_data = function () {
    for ($started = hrtime(true), $i = 0; $i < 100000; ++$i) {
        get_vars('data');
    }
    return hrtime(true) - $started;
};
$of_own = function () {
    for ($started = hrtime(true), $i = 0; $i < 100000; ++$i) {
        get_vars('own');
    }
    return hrtime(true) - $started;
};
$read = $name === 'own' ? $of_own : $of_data;
$read();
echo json_encode(['ns' => ($read() - $empty()) / 100000]);
