<?php
$vars = BgWorkers\get_vars(['clock', 'exchange-rates']);

echo $vars['clock']['time'], ' ', $vars['exchange-rates']['EUR'], "\n";
