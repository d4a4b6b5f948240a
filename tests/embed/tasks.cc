// Tasks where memory runs out at every allocation, of the process and of the request, on both sides: an error that PHP
// code can catch or the request's end, every task ends once, nothing is left of any.
#include "core/publish/snapshot.h"
#include "core/tasks/task.h"
#include "engine.h"
#include "failing_memory.h"
#include "inside.h"
#include "support.h"

using namespace embed;
using bgworkers::Snapshot;
using bgworkers::Task;

namespace {

// Counter 0: calls that threw. It ends with a call that asks for less memory, or, if it can succeed but once, with a
// success: one may do without what it found no memory for.
const char* const kSweep = R"(<?php
function sweep(string $what, bool $lasting, callable $call, bool $once = false): void
{
    for ($n = 1; $n < 3000; ++$n) {
        $exception = null;
        embed_arm($n, $lasting);
        try {
            $call();
        } catch (RuntimeException $exception) {
            embed_counter(0, embed_counter(0) + 1);
        }
        $failed = embed_disarm();
        if ($exception !== null && !str_contains($exception->getMessage(), 'memory')) {
            embed_fail("$what, $n: $exception");
        }
        if ($failed === 0 || ($once && $exception === null)) {
            if ($exception !== null) embed_fail("$what fails in the end: $exception");
            return;
        }
    }
    embed_fail("$what does not succeed");
}
)";

// Answers with what it got, after an update; what fails for want of memory it does once more.
const char* const kEcho = R"(
function again(callable $call)
{
    try {
        return $call();
    } catch (RuntimeException $exception) {
        if (!str_contains($exception->getMessage(), 'memory')) embed_fail((string) $exception);
        return $call();
    }
}
BgWorkers\set_vars([]);
while (true) {
    try {
        $task = BgWorkers\receive_task();
    } catch (RuntimeException) {
        continue;       // the payload found no memory; its task has failed
    }
    if ($task === null) break;
    again(fn () => $task->update(['update' => $task->payload]));
    again(fn () => $task->finish($task->payload));
    unset($task);
}
)";

// The same, with memory that fails at each allocation of one of its own calls in turn.
const char* const kSweeper = R"(
BgWorkers\set_vars([]);
// Arrays that stand in two places: a walk notes each of them, and has no room for so many without memory.
$twice = array_map(fn ($i) => [$i], range(1, 9));
$list = [...$twice];
$task = BgWorkers\receive_task();
foreach ([false, true] as $lasting) {
    sweep('update()', $lasting, fn () => $task->update(['text' => str_repeat('u', 100), 'list' => $list]));
    sweep('get_task_handle()', $lasting, function () {
        try {
            BgWorkers\get_task_handle();
        } catch (RuntimeException $exception) {
            throw new RuntimeException('memory: ' . $exception->getMessage());
        }
    });
    sweep('receive_task(0)', $lasting, fn () => BgWorkers\receive_task(0));
}
$left = 2;
foreach ([false, true] as $lasting) {
    sweep('finish()', $lasting, function () use (&$task, $list) {
        $task->finish(['text' => str_repeat('r', 100), 'list' => $list]);
    }, true);
    unset($task);
    $task = BgWorkers\receive_task();
    sweep('fail()', $lasting, function () use (&$task) {
        $task->fail(new DomainException('as planned, and longer than a small string'));
    }, true);
    unset($task);
    if (--$left > 0) $task = BgWorkers\receive_task();
}
embed_counter(1, 1);
BgWorkers\should_stop(INF);
)";

std::string settings(const std::string& declarations) {
    write_script("echo.php", "<?php" + std::string(kEcho));
    write_script("sweeper.php", std::string(kSweep) + kSweeper);
    return "log_errors=1\nmemory_limit=-1\nbgworkers.log_level=error\nerror_log=" + scratch() + "/log\n" +
           workers(declarations);
}

bool all_gone(uint64_t published) {
    return eventually([&] { return Task::live_count() == 0 && Snapshot::live_count() == published; });
}

void check_sums(const char* worker) {
    CHECK_EQUAL(request(std::string("['queued' => $queued, 'tasks' => $t] = BgWorkers\\status()['") + worker +
                        "']; $sum = $queued + array_sum(array_slice($t, 1));"
                        "echo $t['sent'] > 0 && $t['sent'] === $sum ? 'whole' : json_encode([$queued, $t]);"),
                "whole");
}

}  // namespace

EMBED_CASE(memory_limit_at_every_allocation_of_a_sender) {
    set_functions(inside_functions());
    Engine engine(settings("[echo]\nscript = echo.php\n"), extension());
    const std::string sends = R"(
        for ($i = 0; $i < 3; ++$i) {
            $task = BgWorkers\send_task('echo', ['i' => $i, 'text' => str_repeat('x', 50)]);
            if ($task->read() !== ['update' => ['i' => $i, 'text' => str_repeat('x', 50)]]) embed_fail('update');
            $all[] = $task->await();
            BgWorkers\post_task('echo', ['posted' => $i]);
            $all[] = BgWorkers\await_tasks(['a' => BgWorkers\send_task('echo', [1]), BgWorkers\send_task('echo', [2])]);
            $streams[] = BgWorkers\send_task('echo', [3])->getStream();
            BgWorkers\send_task('echo', [4])->cancel();
        }
        echo 'whole';)";
    on_php_thread([&] {
        int reached = 0;
        for (long n = 1; n < 5000; n += n < 300 ? 1 : 37) {
            begin_request();
            run_code("BgWorkers\\send_task('echo')->await();");
            arm_request_memory(n);
            run_code(sends);
            const bool limit = disarm_request_memory();
            end_request();
            reached += limit;
            CHECK(limit != (take_output().find("whole") != std::string::npos));
            if (!limit || failures() > 10) {
                break;
            }
        }
        CHECK(reached > 20);
        CHECK(all_gone(1));
        check_sums("echo");
    });
}

EMBED_CASE(senders_without_memory) {
    set_functions(inside_functions());
    Engine engine(settings("[echo]\nscript = echo.php\n"), extension());
    const std::string sends = std::string(kSweep).substr(5) + R"(
        BgWorkers\send_task('echo')->await();
        foreach ([false, true] as $lasting) {
            sweep('send_task()', $lasting, function () use (&$task) {
                $task = BgWorkers\send_task('echo', ['list' => [[1], [2]]]);
            });
            sweep('read()', $lasting, fn () => $task->isDone() || $task->read());
            sweep('await()', $lasting, fn () => $task->await());
            sweep('post_task()', $lasting, fn () => BgWorkers\post_task('echo', ['text' => str_repeat('x', 100)]));
            sweep('cancel()', $lasting, fn () => $task->cancel());
            $task = BgWorkers\send_task('echo');
            sweep('getStream()', $lasting, function () use ($task) {
                try {
                    $task->getStream();
                } catch (RuntimeException $exception) {
                    throw new RuntimeException('memory: ' . $exception->getMessage());
                }
            });
            $task->await();
        }
        echo 'whole';)";
    on_php_thread([&] {
        CHECK_EQUAL(request(sends), "whole");
        CHECK(counter[0] > 10);
        CHECK(all_gone(1));
        check_sums("echo");
    });
}

EMBED_CASE(workers_without_memory) {
    set_functions(inside_functions());
    counter[0] = counter[1] = 0;
    Engine engine(settings("[sweeper]\nscript = sweeper.php\nconcurrency = 2\n"), extension());
    on_php_thread([&] {
        CHECK_EQUAL(request(R"(
            $updates = 0;
            $task = BgWorkers\send_task('sweeper', ['payload' => [1, 2]]);
            while ($task->read()) ++$updates;
            $results[] = $task->await()['text'] === str_repeat('r', 100);
            for ($i = 0; $i < 3; ++$i) {
                try {
                    $results[] = BgWorkers\send_task('sweeper')->await()['text'] === str_repeat('r', 100);
                } catch (BgWorkers\TaskException $exception) {
                    // Without memory for what fail() says, the outcome is all that is told.
                    $results[] = in_array($exception->getMessage(),
                        ['as planned, and longer than a small string', 'the task was not finished'], true);
                }
            }
            echo $updates > 1, ' ', json_encode($results);)"),
                    "1 [true,true,true,true]");
        CHECK_EQUAL(request("echo json_encode(array_filter(BgWorkers\\status()['sweeper']['tasks']));"),
                    "{\"sent\":4,\"done\":2,\"failed\":2}");
        CHECK(eventually([] { return counter[1] == 1; }));
        CHECK(counter[0] > 10);
        CHECK(all_gone(1));
        check_sums("sweeper");
    });
}

// After the end of a run one allocation finds no memory, of that run or of the start of the next: the host lives. Each
// of the workers has eight of the first forty; its name is its counter.
EMBED_CASE(a_run_ends_and_the_next_begins_without_memory) {
    set_functions(inside_functions());
    write_script("dies.php", R"(<?php
        embed_disarm();
        $own = (int) $_SERVER['BGWORKERS_NAME'];
        BgWorkers\set_vars(['runs' => $run = embed_counter($own)]);
        if ($run < 8) {
            embed_counter($own, $run + 1);
            embed_arm(8 * ($own - 2) + $run + 1, false);
            throw new DomainException('an end that is longer than a small string');
        }
        BgWorkers\should_stop(INF);)");
    std::string declared;
    for (int own = 2; own <= 6; ++own) {
        counter[own] = 0;
        declared += "[" + std::to_string(own) + "]\nscript = dies.php\nmax_consecutive_failures = -1\n";
    }
    Engine engine("log_errors=1\nbgworkers.log_level=error\nerror_log=" + scratch() + "/log\n" + workers(declared),
                  extension());
    on_php_thread([] {
        CHECK_EQUAL(request("BgWorkers\\get_vars(['2', '3', '4', '5', '6']); echo 'read';"), "read");
        for (int own = 2; own <= 6; ++own) {
            CHECK(eventually([=] { return counter[own] == 8; }, 60));
            CHECK_EQUAL(request("while (BgWorkers\\get_vars('" + std::to_string(own) +
                                "')['runs'] < 8) usleep(1000); echo 'alive';"),
                        "alive");
        }
    });
}
