// Memory runs out at every allocation of a publication and of a read, in turn: an error that PHP code can catch,
// nothing changed, nothing lost, and the next call works.
#include <uv.h>

#include "core/publish/snapshot.h"
#include "engine.h"
#include "failing_memory.h"
#include "inside.h"
#include "support.h"

using namespace embed;
using bgworkers::Snapshot;

namespace {

// Sweeps until a call gets by without a failure. Counter 0 counts calls that threw.
const char* const kSweep = R"(<?php
enum Suit { case Hearts; case Spades; }

function sweep(string $what, bool $lasting, callable $call): void
{
    for ($n = 1; $n < 3000; ++$n) {
        $live = embed_live();
        $exception = null;
        embed_arm($n, $lasting);
        try {
            $call();
        } catch (Throwable $exception) {
        }
        $failed = embed_disarm();
        if ($exception !== null) {
            embed_counter(0, embed_counter(0) + 1);
            $class = get_class($exception);
            if ($class !== 'RuntimeException' && $class !== 'ValueError') embed_fail("$what, $n: $class " . $exception->getMessage());
            if ($class === 'RuntimeException' && !str_contains($exception->getMessage(), 'memory')) {
                embed_fail("$what, $n: " . $exception->getMessage());
            }
            if (embed_live() !== $live) embed_fail("$what, $n: $live snapshots have become " . embed_live());
        }
        if ($failed === 0) {
            if ($what[0] !== '!' && $exception !== null) embed_fail("$what fails in the end: $exception");
            return;
        }
    }
    embed_fail("$what does not succeed");
}
)";

const char* const kPublications = R"(
function sweeps(): void
{
    $shared = [];
    for ($i = 0; $i < 200; ++$i) { $part = ["part $i", str_repeat('x', $i)]; $shared[] = $part; $shared["k$i"] = $part; }
    $deep = 1;
    for ($i = 0; $i < 511; ++$i) $deep = [$deep];
    $big = array_fill(0, 30000, 1.5);
    $round = 0;
    foreach ([false, true] as $lasting) {
        foreach (['shared' => $shared, 'deep' => $deep, 'big' => $big, 'cases' => [Suit::Hearts, [Suit::Spades]], 'empty' => []] as $what => $value) {
            sweep($what, $lasting, function () use ($value, $what, &$round) {
                $vars = ['value' => $value, 'round' => ++$round];
                try { BgWorkers\set_vars($vars); } catch (RuntimeException $e) { --$round; throw $e; }
            });
            if (BgWorkers\get_vars('publisher')['round'] !== $round) embed_fail("$what: another array is published");
            $equal = ['value' => $value, 'round' => $round];
            sweep("equal $what", $lasting, fn() => BgWorkers\set_vars($equal));
        }
        $self = ['a long key that no small string holds' => 1]; $self['self'] = &$self;
        foreach (['object' => ['a long key that no small string holds' => new ArrayObject], 'resource' => [STDERR], 'self' => $self,
                  'deep' => ['x' => [$deep, [$deep]]], 'large' => [str_repeat('x', 70 << 20)]] as $what => $value) {
            sweep("!$what", $lasting, fn() => BgWorkers\set_vars($value));
        }
        sweep('handle', $lasting, function () { try { BgWorkers\get_worker_handle(); } catch (RuntimeException) {} });
        sweep('status', $lasting, fn() => BgWorkers\status());
        sweep('read', $lasting, fn() => BgWorkers\get_vars('publisher'));
    }
}
sweeps();
$memory = [];
for ($i = 0; $i < 6; ++$i) { gc_collect_cycles(); $memory[] = embed_memory(); sweeps(); }
if ($memory[5] > $memory[1] + 2048) embed_fail('malloc has lost memory: ' . implode(' ', $memory));
BgWorkers\set_vars(['done']);
embed_counter(1, 1);
BgWorkers\should_stop(INF);
)";

std::string settings(const std::string& more = "") {
    write_script("publisher.php", std::string(kSweep) + kPublications);
    write_script("simple.php",
                 "<?php enum Suit { case Hearts; } BgWorkers\\set_vars(['simple' => Suit::Hearts]); "
                 "BgWorkers\\should_stop(INF);");
    return "log_errors=1\nmemory_limit=-1\nbgworkers.log_level=error\nerror_log=" + scratch() + "/log\n" + more;
}

constexpr char kReads[] = R"(
enum Suit { case Hearts; }
function is_right($vars) { return $vars === ['simple' => Suit::Hearts]; }
embed_arm(embed_counter(2), embed_counter(3));
try { $vars = BgWorkers\get_vars('simple', 20.0); $list = BgWorkers\get_vars(['simple', 'other']); } catch (Throwable $e) {}
embed_counter(4, embed_disarm());
if (isset($e)) {
    embed_counter(0, embed_counter(0) + 1);
    if (get_class($e) !== 'RuntimeException' || !preg_match('/memory|allocat|resource/', $e->getMessage())) embed_fail(embed_counter(2) . ': ' . $e);
} elseif (!is_right($vars) || !is_right($list['other'])) embed_fail('wrong values');
// And when there is memory again, all is well.
for ($until = microtime(true) + 15; ; usleep(1000)) {
    try {
        $all = BgWorkers\get_vars(['simple', 'other']);
        if (!is_right($all['simple']) || !is_right($all['other'])) embed_fail('wrong values after ' . ($e ?? ''));
        break;
    } catch (RuntimeException $again) {
        if (microtime(true) > $until) { embed_fail(embed_counter(2) . ": not well again: $again after " . ($e ?? '')); break; }
    }
}
)";

// What libuv does once in a process it does with abort() when out of memory (core/loop_start.h makes that rare); it is
// no part of the sweep.
void warm_up_libuv() {
    uv_loop_t loop;
    uv_loop_init(&loop);
    uv_loop_close(&loop);
}

// A fresh engine each time: the first read loads the scope, makes the worker, starts the supervisor.
void sweep_first_reads(bool lasting, bool whole_request) {
    warm_up_libuv();
    counter[0] = 0;
    for (long n = 1; n < 2000; ++n) {
        counter[2] = n;
        counter[3] = lasting;
        counter[4] = 0;
        long failed = 0;
        {
            Engine engine(settings(workers("[simple]\nscript = simple.php\n[*]\nscript = simple.php\nargs[] = an "
                                           "argument that is long enough for malloc\n")),
                          extension());
            on_php_thread([&] {
                if (whole_request) {
                    arm_memory(n, lasting);
                    begin_request();
                    failed = disarm_memory();
                    run_code(kReads);
                    failed += counter[4];
                    // What is left of the sweep's count strikes at the end.
                    arm_memory(n, lasting);
                    end_request();
                    disarm_memory();
                } else {
                    begin_request();
                    run_code(kReads);
                    failed = counter[4];
                    end_request();
                }
                take_output();
            });
        }
        CHECK_EQUAL(Snapshot::live_count(), uint64_t{0});
        if (failed == 0 || failures() > 10) {
            break;
        }
    }
    CHECK(counter[0] > 10);
}

}  // namespace

EMBED_CASE(publishing_without_memory) {
    set_functions(inside_functions());
    {
        Engine engine(settings(workers("[publisher]\nscript = publisher.php\nnum = 1\n")), extension());
        CHECK(eventually([] { return counter[1] == 1 || failures() > 10; }, 100));
    }
    CHECK(counter[0] > 100);
    CHECK_EQUAL(Snapshot::live_count(), uint64_t{0});
}

EMBED_CASE(first_reads_without_memory) {
    set_functions(inside_functions());
    sweep_first_reads(false, false);
}

EMBED_CASE(first_reads_with_no_memory_from_some_point_on) {
    set_functions(inside_functions());
    sweep_first_reads(true, false);
}

EMBED_CASE(first_requests_without_memory) {
    set_functions(inside_functions());
    sweep_first_reads(false, true);
}
