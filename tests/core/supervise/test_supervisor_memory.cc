// Memory that runs out on the loop's thread, at each of its allocations in turn: the process lives on, and what was
// asked for comes about once there is memory again.
#include <catch2/catch_test_macros.hpp>

#include "support/failing_new.h"
#include "support/fake_host.h"
#include "support/temp_directory.h"

using namespace bgworkers;
using namespace bgworkers::test;

namespace {

WorkerSpec patient(const std::string& name, int num = 0) {
    WorkerSpec spec = spec_named(name, num);
    spec.max_consecutive_failures = -1;
    return spec;
}

// Again and again, until no allocation of the loop is left that has not failed once.
template <typename Scenario>
void at_each_allocation(long times, Scenario scenario) {
    for (long n = 1;; n += times) {
        INFO("allocation " << n << " and " << times - 1 << " after it");
        FailingNew memory(n, times);
        scenario();
        if (memory.failures() == 0) {
            CHECK(n > 10);  // otherwise nothing was tried
            return;
        }
    }
}

}  // namespace

TEST_CASE("without memory a start, a run's end, a stop or a shutdown comes a little later", "[supervisor][memory]") {
    for (const long times : {1, 3}) {
        at_each_allocation(times, [] {
            Rig rig({patient("a"), patient("pool", 3)});
            rig.host.script("a", [](Run& run) {
                run.publish();
                if (run.number == 1) {
                    return good_run();
                }
                run.wait_for_stop();
                return good_run();
            });
            REQUIRE(rig.start(rig.worker("a")).ok());
            REQUIRE(rig.start(rig.worker("pool")).ok());
            for (const char* name : {"a", "pool"}) {
                CHECK(eventually([&] { return rig.worker(name).slot().version() != 0; }));
            }
            CHECK(eventually([&] { return rig.worker("a").facts().runs >= 2; }));
            Worker& pool = rig.worker("pool");
            CHECK(rig.wait_for_state(pool, WorkerState::running));
            CHECK(eventually([&] { return rig.host.threads_made == 4; }));
            CHECK(rig.shutdown().empty());
            CHECK(rig.host.threads_joined == rig.host.threads_made);
            CHECK(pool.facts().state == WorkerState::idle);
        });
    }
}

TEST_CASE("without memory to watch its files a worker starts; it is watched a little later", "[supervisor][memory]") {
    TempDirectory directory;
    const std::string file = directory.write("f", "0");
    int content = 0;
    at_each_allocation(2, [&] {
        WorkerSpec spec = patient("a");
        spec.watch = {file};
        Rig rig({spec});
        REQUIRE(rig.start(rig.worker("a")).ok());
        CHECK(eventually([&] { return rig.worker("a").slot().version() != 0; }));
        // Written again and again: what happens before the files are watched is nobody's news.
        CHECK(eventually([&] {
            directory.write("f", std::to_string(++content));
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            return rig.host.runs >= 2;
        }));
    });
}
