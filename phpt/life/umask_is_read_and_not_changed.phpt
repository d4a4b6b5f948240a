--TEST--
umask() tells a worker the mask of the process, without touching it for a moment, and refuses to set one
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/umask_is_read_and_not_changed.php
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, should_stop};
require __DIR__ . '/../helpers.inc';

if (in_worker()) {
    $masks = [];
    do {
        for ($i = 0; $i < 1000; ++$i) {
            $masks[umask()] = true;
        }
        set_vars(['masks' => array_map(decoct(...), array_keys($masks)), 'null' => decoct(umask(null)), 'by name' => decoct(call_user_func('umask')),
            'set' => [thrown(fn() => umask(0)), thrown(fn() => umask(umask())), thrown(fn() => umask('a')), thrown(fn() => umask(1, 2))]]);
    } while (!should_stop());
    return;
}
umask(027);
get_vars('w');
$modes = [];
for ($i = 0; $i < 2000; ++$i) {
    touch($file = temp_path("file$i"));
    $modes[fileperms($file) & 0777] = true;
    unlink($file);
}
echo implode(' ', array_map(decoct(...), array_keys($modes))), "\n";
foreach (get_vars('w') as $what => $answer) {
    echo $what, ': ', json_encode($answer), "\n";
}
echo decoct(umask()), "\n";
?>
--EXPECT--
640
masks: ["27"]
null: "27"
by name: "27"
set: ["Error: umask() cannot be used in a background worker: it would act on the whole process; set the mode of a file with chmod()","Error: umask() cannot be used in a background worker: it would act on the whole process; set the mode of a file with chmod()","TypeError: umask(): Argument #1 ($mask) must be of type ?int, string given","ArgumentCountError: umask() expects at most 1 argument, 2 given"]
27
