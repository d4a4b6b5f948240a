--TEST--
Mistakes in the files of a directory are all told, each with its file and line; an empty directory declares nothing
--EXTENSIONS--
bgworkers
--INI--
bgworkers.log_level=error
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
write_file('w.php', '<?php');
$told = function (array $files): string {
    static $number = 0;
    $directory = temp_path('d' . ++$number);
    mkdir($directory);
    foreach ($files as $name => $text) {
        $text === null ? mkdir("$directory/$name") : write_file("d$number/$name", $text);
    }
    [$exit, $out] = run_php('try { echo json_encode(BgWorkers\status()), "\n"; } catch (RuntimeException $e) { echo $e->getMessage(), "\n"; }',
        ['bgworkers.config' => $directory]);
    return str_replace("{tmp}/d$number", '{dir}', $out) . ($exit ? "exit $exit\n" : '');
};
echo $told([]), "\n";
echo $told(['20.ini' => "[w]\nscirpt = w.php\nnum = x\n", '10.ini' => "[v]\n# a comment\n", '30.ini' => "[u]\nscript = ../w.php\nini[memory_limt] = 1M\n[t]\nscript = w.php\n"]), "\n";
echo $told(['10.ini' => "[flags]\nscript = ../w.php\n", '20.ini' => "[flag]\nnum = 1\n"]), "\n";
echo $told(['10.ini' => "[flags]\nscript = ../w.php\n", '20.ini' => null, '30.ini' => "[flags]\nnum = 1\0"]);
echo $told(['10.ini' => "[flags]\nscript = gone.php\nini[no_such] = 1\n", '20.ini' => "[flags]\nenabled = 0\n"]);
?>
--EXPECT--
[]

{dir}/10.ini:2: comments begin with ";", not with "#"
{dir}/20.ini:2: unknown key "scirpt", did you mean script?
{dir}/20.ini:3: num must be a whole number from 0 to 2147483647, "x" given
{dir}/30.ini:3: ini[memory_limt]: PHP and its extensions that are loaded have no such setting; did you mean memory_limit?
{dir}/30.ini:5: script "{dir}/w.php" does not exist

{dir}/20.ini:1: section [flag] has no script, did you mean [flags]?

{dir}/20.ini: cannot be read: Is a directory
{dir}/30.ini:2: there is a NUL byte; a workers file is plain text (UTF-8, not UTF-16)
[]
