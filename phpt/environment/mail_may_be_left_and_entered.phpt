--TEST--
A fiber that is left in the middle of mail(), proc_open() or popen() changes neither the setting nor the signals of the others
--EXTENSIONS--
bgworkers
--SKIPIF--
<?php if (!is_readable('/proc/thread-self/status')) die('skip needs /proc'); ?>
--INI--
bgworkers.config={TMP}/bgworkers-phpt/environment-mail_may_be_left_and_entered/workers.ini
bgworkers.log_level=error
sendmail_path=sh {TMP}/bgworkers-phpt/environment-mail_may_be_left_and_entered/sendmail.sh
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
write_file('sendmail.sh', 'cat >> "${0%/*}/mails"; echo "sent by $SENDER" >> "${0%/*}/mails"');
workers(['w' => ['env[SENDER]' => 'w', 'code' => <<<'PHP'
    final class Waits
    {
        public function __construct(private string $text)
        {
        }
        public function __toString(): string
        {
            Fiber::suspend();
            return $this->text;
        }
    }
    function mask(): string { return preg_match('/^SigBlk:\s*(\w+)/m', file_get_contents('/proc/thread-self/status'), $m) ? $m[1] : ''; }
    $before = [ini_get('sendmail_path'), mask()];
    $calls = [
        fn() => mail(new Waits('a@example.org'), 'first', 'text'),
        fn() => mail(new Waits('b@example.org'), 'second', 'text'),
        fn() => proc_close(proc_open([new Waits('true'), 'x'], [], $pipes)),
        fn() => pclose(popen(new Waits('true'), 'r')),
        fn() => mail('c@example.org', 'third', 'text'),
    ];
    $fibers = array_map(fn($call) => new Fiber($call), $calls);
    array_walk($fibers, fn($fiber) => $fiber->start());
    foreach ([0, 2, 1, 3] as $i) {  // the first one in is the first one out
        $fibers[$i]->resume();
    }
    // And one that is never entered again.
    $left = new Fiber($calls[0]);
    $left->start();
    $left = null;
    gc_collect_cycles();
    BgWorkers\set_vars([
        'setting' => ini_get('sendmail_path') === $before[0], 'mask' => mask() === $before[1],
        'mails' => substr_count(file_get_contents(__DIR__ . '/mails'), 'Subject:'),
        'sent' => substr_count(file_get_contents(__DIR__ . '/mails'), 'sent by w'),
    ]);
    live();
    PHP]]);
print_r(BgWorkers\get_vars('w'));
?>
--EXPECT--
Array
(
    [setting] => 1
    [mask] => 1
    [mails] => 3
    [sent] => 3
)
