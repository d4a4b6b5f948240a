--TEST--
ini[name] of a setting that does not exist is a mistake of the file, with the name that was meant if there is one near
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config=
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';

foreach (['memory_limt', 'memroy_limit', 'Memory_Limit', 'max_execution_times', 'date.timezon', 'bogus.setting', 'x', 'user_agent', 'bgworkers_x', 'session.gc_probabilty'] as $name) {
    worker_file($name);
    [, $said] = run_php('attempt(fn () => BgWorkers\get_vars("w", 10));', ['bgworkers.config' => temp_path('workers.ini')]);
    echo preg_replace('~^.*workers.ini:~', '', trim($said)), "\n";
}
// Among others.
write_file('workers.ini', "[w]\nscript = worker-w.php\nini[nothing] = 1\nnumb = 3\n");
[, $said] = run_php('attempt(fn () => BgWorkers\get_vars("w", 10));', ['bgworkers.config' => temp_path('workers.ini')]);
echo preg_replace('~^.*workers.ini:~m', '', trim($said)), "\n";

function worker_file(string $name): void
{
    workers(['w' => ['code' => 'BgWorkers\set_vars(["fine"]); live();', "ini[$name]" => '1']]);
}
?>
--EXPECT--
3: ini[memory_limt]: PHP and its extensions that are loaded have no such setting; did you mean memory_limit?
3: ini[memroy_limit]: PHP and its extensions that are loaded have no such setting; did you mean memory_limit?
3: ini[Memory_Limit]: PHP and its extensions that are loaded have no such setting; did you mean memory_limit?
3: ini[max_execution_times]: PHP and its extensions that are loaded have no such setting; did you mean max_execution_time?
3: ini[date.timezon]: PHP and its extensions that are loaded have no such setting; did you mean date.timezone?
3: ini[bogus.setting]: PHP and its extensions that are loaded have no such setting
3: ini[x]: PHP and its extensions that are loaded have no such setting
array(1) {
  [0]=>
  string(4) "fine"
}
3: ini[bgworkers_x]: PHP and its extensions that are loaded have no such setting
3: ini[session.gc_probabilty]: PHP and its extensions that are loaded have no such setting; did you mean session.gc_probability?
3: ini[nothing]: PHP and its extensions that are loaded have no such setting
4: unknown key "numb", did you mean num?
