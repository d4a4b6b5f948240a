--TEST--
One worker writes what all read: checks, persists and publishes what requests send
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/tasks-one_writer/workers.ini
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
write_file('flags.json', '{"dark-mode": false, "beta": false}');
workers(['flags' => '$flags = json_decode(file_get_contents("flags.json"), true);
BgWorkers\set_vars($flags);
while ($task = BgWorkers\receive_task()) {
    ["flag" => $flag, "on" => $on] = $task->payload;
    if (!array_key_exists($flag, $flags)) {
        $task->fail(new DomainException("there is no flag $flag"));
        continue;
    }
    $flags[$flag] = $on;
    file_put_contents("flags.json.new", json_encode($flags));
    rename("flags.json.new", "flags.json");
    BgWorkers\set_vars($flags);
    $task->finish();
}']);
use function BgWorkers\{get_vars, send_task};
echo json_encode(get_vars('flags')), "\n";
send_task('flags', ['flag' => 'dark-mode', 'on' => true])->await();
echo json_encode(get_vars('flags')), file_get_contents(temp_path('flags.json')), "\n";
echo thrown(fn() => send_task('flags', ['flag' => 'no', 'on' => true])->await()), "\n";
?>
--EXPECT--
{"dark-mode":false,"beta":false}
{"dark-mode":true,"beta":false}{"dark-mode":true,"beta":false}
BgWorkers\TaskException: there is no flag no
