--TEST--
A forked child can call syslog(), however much workers were logging there at that moment
--EXTENSIONS--
bgworkers
pcntl
posix
--INI--
bgworkers.config={TMP}/bgworkers-phpt/fork-a_child_may_log_to_syslog/workers.ini
bgworkers.log_level=error
error_log=syslog
--FILE--
<?php
require __DIR__ . '/../helpers.inc';

$busy = fn (string $code) => "BgWorkers\\set_vars([]); while (!BgWorkers\\should_stop()) { for (\$i = 0; \$i < 500; ++\$i) { $code } }";
workers([
    'prints' => $busy('echo "line $i\n";'),
    'warns' => $busy('trigger_error("line $i");'),
    'logs' => $busy('syslog(LOG_DEBUG, "line $i");'),
    'opens' => $busy('openlog("bgworkers-test", LOG_PID, LOG_USER); syslog(LOG_DEBUG, "line $i"); closelog();'),
    'has its own log' => $busy('ini_set("error_log", "syslog"); error_log("line $i");'),
]);
BgWorkers\get_vars(['prints', 'warns', 'logs', 'opens', 'has its own log']);
$ended = 0;
for ($i = 0; $i < 200; ++$i) {
    $child = pcntl_fork();
    if ($child === 0) {
        syslog(LOG_DEBUG, 'child');
        posix_kill(getmypid(), SIGKILL); // nothing of PHP's shutdown
    }
    try {
        wait_until(fn () => pcntl_waitpid($child, $status, WNOHANG) === $child, 10);
        ++$ended;
    } catch (Exception) {
        posix_kill($child, SIGKILL);
        pcntl_waitpid($child, $status);
        break; // one that hangs is enough
    }
}
echo "$ended children ended\n";
?>
--EXPECT--
200 children ended
