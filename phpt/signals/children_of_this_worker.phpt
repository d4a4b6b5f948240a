--TEST--
pcntl_wait(), pcntl_waitpid() and pcntl_waitid() find the children of this worker, never another's
--EXTENSIONS--
bgworkers
pcntl
posix
--INI--
bgworkers.config={TMP}/bgworkers-phpt/signals-children_of_this_worker/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/compare.inc';

// As PHP does it, with the worker's own children.
compare([
    'wait' => '$p = proc_open("sleep 0.2; exit 3", [], $x); $pid = proc_get_status($p)["pid"]; show(pcntl_wait($status) === $pid, pcntl_wexitstatus($status)); show(pcntl_wait($status), pcntl_get_last_error());',
    'flags' => '$p = proc_open(["sleep", "60"], [], $x); $pid = proc_get_status($p)["pid"]; show(pcntl_wait($s, WNOHANG), pcntl_waitpid(-1, $s, WNOHANG, $usage)); posix_kill($pid, SIGKILL);
        show(pcntl_waitpid(-1, $s, 0, $usage) === $pid, pcntl_wtermsig($s), isset($usage["ru_utime.tv_sec"])); show(pcntl_waitpid($pid, $s), pcntl_get_last_error(), pcntl_waitpid(0, $s), pcntl_waitpid(-posix_getpgrp(), $s));',
    'usage' => '$p = proc_open("exit 4", [], $x); show(pcntl_wait($s, 0, $usage) > 0, pcntl_wexitstatus($s), count($usage));',
    'named' => '$p = proc_open("exit 5", [], $x); show(pcntl_waitpid(status: $s, process_id: -1) > 0, pcntl_wexitstatus($s));',
    'wrong' => 'foreach ([fn() => pcntl_waitpid(-1, $s, "x"), fn() => pcntl_wait($s, []), fn() => pcntl_waitpid(-1, $s, 1 << 20), fn() => pcntl_wait($s, 0, $u, 1)] as $f) try { show($f()); } catch (Error $e) { show(get_class($e), $e->getMessage()); } show(pcntl_get_last_error());',
    'waitid' => 'if (!function_exists("pcntl_waitid")) { show([true, true, 17, 6, false, 10]); return; } // before 8.4
        $p = proc_open("sleep 0.2; exit 6", [], $x); $pid = proc_get_status($p)["pid"];
        $r = [pcntl_waitid(P_ALL, null, $i, WEXITED), $i["pid"] === $pid, $i["signo"], $i["status"]]; show([...$r, pcntl_waitid(), pcntl_get_last_error()]);',
]);

// Workers and the host's thread, each with a child of its own; who asks for any child gets none of the others'.
$ask = <<<'PHP'
    $process = proc_open('sleep 0.3; exit ' . STATUS, [], $pipes);
    $pid = proc_get_status($process)['pid'];
    file_put_contents($file = __DIR__ . '/new-' . STATUS, $pid);
    rename($file, __DIR__ . '/pid-' . getmypid() . '-' . STATUS);
    while (count(glob(__DIR__ . '/pid-' . getmypid() . '-*')) < 3) { usleep(1000); }
    $others = array_diff(array_map('file_get_contents', glob(__DIR__ . '/pid-' . getmypid() . '-*')), [$pid]);
    $refused = array_map(fn($other) => pcntl_waitpid((int) $other, $status, WNOHANG), array_values($others));
    $found = [];
    while (($one = pcntl_waitpid(-1, $status)) > 0) { $found[] = [$one === $pid, pcntl_wexitstatus($status)]; }
    BgWorkers\set_vars([$refused, $found]);
    live();
    PHP;
workers(['a' => "const STATUS = 1; $ask", 'b' => "const STATUS = 2; $ask"]);
echo run_php('
    try { BgWorkers\get_vars(["a", "b"], 0); } catch (RuntimeException) {}
    $process = proc_open("sleep 0.3; exit 3", [], $pipes);
    file_put_contents("' . temp_path('new-3') . '", proc_get_status($process)["pid"]);
    rename("' . temp_path('new-3') . '", "' . temp_path('pid-') . '" . getmypid() . "-3");
    $read = BgWorkers\get_vars(["a", "b"]);
    echo json_encode($read), " ", proc_close($process), "\n";', ['bgworkers.config' => temp_path('workers.ini')])[1];
?>
--EXPECT--
--- wait
[true,3]
[-1,10]
--- flags
[0,0]
[true,9,true]
[-1,10,-1,-1]
--- usage
[true,4,17]
--- named
[true,5]
--- wrong
["TypeError","pcntl_waitpid(): Argument #3 ($flags) must be of type int, string given"]
["TypeError","pcntl_wait(): Argument #2 ($flags) must be of type int, array given"]
-1
["ArgumentCountError","pcntl_wait() expects at most 3 arguments, 4 given"]
22
--- waitid
[true,true,17,6,false,10]
{"a":[[-1,-1],[[true,1]]],"b":[[-1,-1],[[true,2]]]} 3
