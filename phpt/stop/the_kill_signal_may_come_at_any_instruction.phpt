--TEST--
The kill signal's handler harms nothing, at whichever instruction of the script it strikes
--EXTENSIONS--
bgworkers
pcntl
posix
--INI--
bgworkers.entrypoint={PWD}/the_kill_signal_may_come_at_any_instruction.php
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';

write_file('closures.php', "<?php\n" . str_repeat("function () {};\n", 2000) . 'return 1;');
write_file('w.php', '<?php
    $closures = __DIR__ . "/closures.php";
    final class Poller {
        private function measure(int $from, int $to, int $step, float $weight): float {
            for ($sum = 0.0, $n = 0, $i = $from; $i < $to; $i += $step, $n++) { $sum += $i * $weight; }
            return $sum / $n;
        }
        private function spin(int $n): void { while ($n > 0) { $n--; } }
        private function wait(float $x): void { $this->spin(10000); }
        private function each(int $n): Generator { for ($i = 0; $i < $n; $i++) { yield $i => $this->measure(0, 3, 1, 0.5); } }
        private function deep(int $n): int { return $n === 0 ? 0 : 1 + $this->deep($n - 1); }
        public function __get($name) { return $this->deep(5); }
        public function __call($name, $arguments) { return $this->$name; }
        public function run(): void {
            foreach ($this->each(20) as $i => $x) { $this->nothing($x); $this->measure(0, 50, 1, 0.5); }
            $this->measure(0, 1000, 1, 0.5);
            $this->wait(1.5);
            array_map(fn($x) => $this->deep($x), range(1, 20));
            $fiber = new Fiber(function () { foreach ($this->each(5) as $x) { Fiber::suspend($x); } });
            for ($fiber->start(); !$fiber->isTerminated(); $fiber->resume());
            (fn() => $this->measure(...))->__invoke()(0, 9, 1, 0.1);
        }
    }
    $poller = new Poller;
    BgWorkers\set_vars([]);
    // PHP keeps the code of an included file until the run ends.
    while (!BgWorkers\should_stop()) { $poller->run(); if (memory_get_usage() < 100 << 20) { include $closures; } }
');
// Blocked here, so that the kernel has to choose a worker.
$code = '
    preg_match("/^SigCgt:\s*(\w+)/m", file_get_contents("/proc/self/status"), $caught);
    for ($signal = 64; $signal > 34 && !(hexdec(substr($caught[1], 0, 8)) >> $signal - 33 & 1); --$signal);
    pcntl_sigprocmask(SIG_BLOCK, [$signal]);
    $names = ["a", "b", "c"];
    BgWorkers\get_vars($names);
    for ($i = 0; $i < 20000; ++$i) { posix_kill(getmypid(), $signal); usleep(20); }
    BgWorkers\get_vars($names);
    echo $signal > 34 ? "sent" : "no signal is ours", "\n";
    exit(7);';
[$exit, $out, $err] = run_php($code, ['bgworkers.entrypoint' => temp_path('w.php'), 'bgworkers.log_level' => 'warning',
    'bgworkers.shutdown_grace' => '60']);
echo $out, $err, $exit, "\n";
?>
--EXPECT--
sent
7
