--TEST--
A process may end at any moment: workers starting, publishing, crashing, waiting
--EXTENSIONS--
bgworkers
--INI--
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};
require __DIR__ . '/../helpers.inc';

write_file('w.php', '<?php use function BgWorkers\{get_vars, set_vars, should_stop};
    enum E { case A; }
    if ($argv[1] === "crash") { set_vars([E::A]); throw new Exception; }
    if ($argv[1] === "never") { should_stop(INF); exit; }
    if ($argv[1] === "waits") { try { get_vars("never", INF); } catch (RuntimeException) {} exit; }
    if ($argv[1] === "chain") { try { get_vars("busy"); get_vars("late"); } catch (RuntimeException) {} }
    for ($i = 0; !should_stop(); ++$i) { set_vars([$i, E::A, str_repeat("x", $i % 1000)]); }');
$wrong = [];
for ($n = 0; $n < 24; ++$n) {
    $code = 'enum E { case A; } foreach (["busy", "crash", "never", "waits", "chain"] as $name) { try { BgWorkers\get_vars($name, 0); } catch (RuntimeException) {} usleep(' . $n * 40 . '); }
        usleep(' . ($n % 6) * 700 . '); exit(' . (20 + $n) . ');';
    [$exit, $out, $err] = run_php($code, ['bgworkers.config' => write_file('w.ini', "[*]\nscript = w.php\n"), 'bgworkers.log_level' => 'warning', 'bgworkers.shutdown_grace' => '20']);
    $err = preg_replace('/^bgworkers: (\[crash\] |level=\w+ worker=crash event=(exited|failed)).*\n/m', '', $err);
    if ($exit !== 20 + $n || $out !== '' || $err !== '') {
        $wrong[] = [$n, $exit, $out, $err];
    }
}
echo json_encode($wrong, JSON_PRETTY_PRINT), "\n";
?>
--EXPECT--
[]
