--TEST--
Handlers, mask, pending signals and alarm of a run are gone with it, and are none of other workers' or of requests
--EXTENSIONS--
bgworkers
pcntl
posix
--INI--
bgworkers.config={TMP}/bgworkers-phpt/signals-gone_with_the_run/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';

$state = '$state = [pcntl_signal_get_handler(SIGUSR1), pcntl_signal_get_handler(SIGTERM), pcntl_async_signals(), pcntl_alarm(0), pcntl_sigprocmask(SIG_SETMASK, [], $old), $old, pcntl_get_last_error(), pcntl_sigtimedwait([SIGHUP], $i, 0, 1)];';
$leave = 'pcntl_async_signals(true); pcntl_signal(SIGUSR1, fn() => print("USR1\n")); pcntl_signal(SIGTERM, SIG_IGN); pcntl_sigprocmask(SIG_BLOCK, [SIGHUP, SIGUSR2]);
    posix_kill(getmypid(), SIGHUP); @pcntl_signal(SIGKILL, "strlen"); pcntl_alarm(1);';
// The third run sees what the first two have left, one of which was killed; it lives longer than their alarms.
$code = "use function BgWorkers\\set_vars; $state"
    . '$run = (int) @file_get_contents($file = __DIR__ . "/runs-" . $_SERVER["BGWORKERS_NAME"]); file_put_contents($file, $run + 1);'
    . "if (\$run < 2) { $leave if (\$run === 1) { posix_kill(getmypid(), SIGKILL); } usleep(1); exit(0); }"
    . 'for ($i = 0; $i < 15; ++$i) { usleep(100000); } set_vars($state); live();';
workers(['a' => $code, 'other' => "BgWorkers\\set_vars([]); $leave sleep(3); live();"]);
BgWorkers\get_vars('other');
$state = json_encode(BgWorkers\get_vars('a'));
echo str_replace(',-1]', ',false]', $state), "\n";
// The host's own, meanwhile.
pcntl_async_signals(true);
pcntl_signal(SIGUSR1, fn() => print("the host's handler\n"));
posix_kill(getmypid(), SIGUSR1);
usleep(1);
pcntl_signal(SIGALRM, fn() => print("the host's alarm\n"));
echo json_encode([pcntl_alarm(1), pcntl_signal_get_handler(SIGTERM)]), "\n";
sleep(5);
?>
--EXPECT--
[0,0,false,0,true,[],0,false]
the host's handler
[0,0]
the host's alarm
