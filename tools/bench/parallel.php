<?php
// What ext-parallel does, in a PHP of its own, which has not loaded bgworkers. Prints nanoseconds, as a JSON array.
//
// usage: parallel.php round_trips ROUNDS | messages TURNS TASKS | tasks TURNS TASKS | wake ROUNDS | start ROUNDS |
//        start_script ROUNDS

use parallel\{Channel, Runtime};

const MOST_NANOSECONDS = 5_000_000_000;

[, $what, $rounds] = $argv;
$rounds = (int) $rounds;
$payload = ['text' => str_repeat('x', 1000)];
$samples = [];
$end = hrtime(true) + MOST_NANOSECONDS;

/** A thread that sends back what it gets, until that is null. */
$start_echo = function (): array {
    $there = Channel::make('there', 64);
    $back = Channel::make('back', 64);
    $runtime = new Runtime();
    $future = $runtime->run(function () {
        $there = Channel::open('there');
        $back = Channel::open('back');
        while (($payload = $there->recv()) !== null) {
            $back->send($payload);
        }
    });
    return [$there, $back, $runtime, $future];
};

switch ($what) {
    case 'round_trips':
        [$there, $back, $runtime, $future] = $start_echo();
        for ($i = -100; $i < $rounds && ($i < 100 || hrtime(true) < $end); ++$i) {
            $start = hrtime(true);
            $there->send($payload);
            $back->recv();
            $samples[$i] = hrtime(true) - $start;
        }
        $samples = array_slice($samples, 100);
        $there->send(null);
        $future->value();
        break;
    case 'messages':
        [$there, $back, $runtime, $future] = $start_echo();
        for ($turn = 0; $turn < $rounds && ($turn < 3 || hrtime(true) < $end); ++$turn) {
            $open = 0;
            $start = hrtime(true);
            for ($i = 0; $i < 500; ++$i) {
                $there->send($payload);
                if (++$open === (int) $argv[3]) {
                    $back->recv();
                    --$open;
                }
            }
            for (; $open > 0; --$open) {
                $back->recv();
            }
            $samples[] = (hrtime(true) - $start) / 500;
        }
        $there->send(null);
        $future->value();
        break;
    case 'tasks':   // as its manual hands work to a runtime: an answer of its own for each
        $runtime = new Runtime();
        for ($turn = 0; $turn < $rounds && ($turn < 3 || hrtime(true) < $end); ++$turn) {
            $open = [];
            $start = hrtime(true);
            for ($i = 0; $i < 500; ++$i) {
                $open[] = $runtime->run(fn (array $payload) => $payload, [$payload]);
                if (count($open) === (int) $argv[3]) {
                    array_shift($open)->value();
                }
            }
            foreach ($open as $future) {
                $future->value();
            }
            $samples[] = (hrtime(true) - $start) / 500;
        }
        break;
    case 'wake':    // a reader that is blocked since 2 ms
        $news = Channel::make('news', 1);
        $runtime = new Runtime();
        $future = $runtime->run(function (int $rounds) {
            $news = Channel::open('news');
            for ($i = 0; $i < $rounds; ++$i) {
                usleep(2000);
                $news->send(['at' => hrtime(true)]);
            }
        }, [$rounds]);
        for ($i = 0; $i < $rounds; ++$i) {
            $received = $news->recv();
            $samples[] = hrtime(true) - $received['at'];
        }
        $future->value();
        break;
    case 'start':   // none ends meanwhile, as the workers do not
    case 'start_script':
        $runtimes = [];
        for ($i = 0; $i < $rounds; ++$i) {
            $start = hrtime(true);
            $runtimes[] = $runtime = $what === 'start' ? new Runtime() : new Runtime(__DIR__ . '/parallel_script.php');
            $runtime->run(fn () => ['ready' => true])->value();
            $samples[] = hrtime(true) - $start;
            usleep(2000);
        }
        break;
}
echo json_encode($samples), "\n";
