--TEST--
A name that is not declared is refused with the names that are
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/get_vars-unknown_name/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
workers(['beta' => 'live();', 'alpha' => 'live();']);
attempt(fn () => BgWorkers\get_vars('gamma'));
attempt(fn () => BgWorkers\get_vars(['alpha', 'gamma']));
attempt(fn () => BgWorkers\get_vars('alhpa'));
?>
--EXPECT--
RuntimeException: worker "gamma" is not declared; declared: alpha, beta
RuntimeException: worker "gamma" is not declared; declared: alpha, beta
RuntimeException: worker "alhpa" is not declared; declared: alpha, beta; did you mean "alpha"?
