// What opens a descriptor needs memory of the request next, and without that PHP ends the run right there.
#include <errno.h>
#include <sys/wait.h>

#include <utility>

#include "engine.h"
#include "inside.h"
#include "support.h"

using namespace embed;

namespace {

// Named OPEN-WHAT-N: the N-th allocation of that call finds the memory limit reached.
const char* const kOpener = R"(<?php
[, $what, $n] = explode('-', $_SERVER['BGWORKERS_NAME']);
$open = [
    'command' => fn () => pclose(popen('exit 0', 'r')),
    'input' => fn () => pclose(popen('cat >/dev/null', 'w')),
    'handle' => fn () => BgWorkers\get_worker_handle(),
    'tasks' => fn () => BgWorkers\get_task_handle(),
][$what];
register_shutdown_function(fn () => embed_counter(0, embed_disarm_request() ? 1 : 2));
// The pipe for what children print belongs to the thread, which stays for the next run.
pclose(popen('exit 0', 'r'));
BgWorkers\set_vars([]);
embed_arm_request((int) $n);
$open();
exit(1);
)";

// Every allocation of each of them, once. Returns how many failed.
std::string sweep(const std::string& name) {
    return request("$name = '" + name + "';" + R"(
        $failed = 0;
        foreach (['command', 'input', 'handle', 'tasks'] as $what) {
            for ($n = 1; $n < 100; ++$n) {
                embed_counter(0, 0);
                BgWorkers\get_vars("$name-$what-$n");
                for ($end = microtime(true) + 20; embed_counter(0) === 0 && microtime(true) < $end; usleep(200));
                if (embed_counter(0) !== 1) break;
                ++$failed;
            }
            if (embed_counter(0) !== 2) embed_fail("$what: allocation $n: " . embed_counter(0));
        }
        echo $failed;)");
}

}  // namespace

EMBED_CASE(memory_limit_at_every_allocation_of_what_opens_descriptors) {
    set_functions(inside_functions());
    write_script("opener.php", kOpener);
    Engine engine("log_errors=1\nmemory_limit=-1\nbgworkers.log_level=error\nerror_log=" + scratch() + "/log\n" +
                      workers("[*]\nscript = opener.php\nmax_consecutive_failures = 1\nmax_threads = 400\n"),
                  extension());
    on_php_thread([&] {
        const std::string failed = sweep("first");
        CHECK(std::stoi(failed) > 10);
        size_t before = 0;
        CHECK(eventually([&] {
            const size_t now = usage().descriptors;
            return std::exchange(before, now) == now;
        }));
        CHECK_EQUAL(sweep("second"), failed);
        // A pipe of each worker: those of the failing allocations, and four that had enough.
        const size_t expected = before + 2 * (std::stoul(failed) + 4);
        CHECK(eventually([&] { return usage().descriptors == expected; }, 5));
        CHECK(waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD);
    });
}
