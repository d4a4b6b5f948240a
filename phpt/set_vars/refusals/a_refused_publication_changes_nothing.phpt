--TEST--
After a refused publication readers keep what they had
--EXTENSIONS--
bgworkers
--INI--
bgworkers.entrypoint={PWD}/a_refused_publication_changes_nothing.php
bgworkers.max_snapshot_size=1M
bgworkers.log_level=error
--FILE--
<?php
use function BgWorkers\{get_vars, set_vars, status};
require __DIR__ . '/../../helpers.inc';

print_in_worker(function () {
    $bad = ['a' => new stdClass];
    echo thrown(fn() => set_vars($bad)), "\n";
    var_dump(status()['worker']['ready']);
    set_vars(['good' => [1]]);
    $version = version();
    $read = get_vars('worker');
    $self = ['x' => 1];
    $self['self'] = &$self;
    $deep = [];
    for ($i = 0; $i < 600; ++$i) {
        $deep = [$deep];
    }
    foreach ([$bad, $self, $deep, ['large' => str_repeat('x', 2 << 20)]] as $vars) {
        echo preg_replace('/;.*/', '', substr(thrown(fn() => set_vars($vars)), 0, 70)), "\n";
        var_dump(version() === $version, get_vars('worker') === $read);
    }
});
?>
--EXPECTF--
ValueError: $vars['a'] is a stdClass object; %s
bool(false)
ValueError: $vars['a'] is a stdClass object
bool(true)
bool(true)
ValueError: $vars['self']%s
bool(true)
bool(true)
ValueError: $vars[0]%s
bool(true)
bool(true)
ValueError: a snapshot of %d bytes is larger than %s
bool(true)
bool(true)
