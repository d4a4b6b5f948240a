// Jobs: runs that begin by the clock. The arithmetic is tested in test_schedule.cc.
#include <catch2/catch_test_macros.hpp>

#include <cmath>

#include "support/fake_host.h"
#include "support/temp_directory.h"

using namespace bgworkers;
using namespace bgworkers::test;
using std::chrono::milliseconds;

namespace {

constexpr double kRarely = 1'000'000;  // seconds: its multiples are so rare that no test meets one

WorkerSpec job(const std::string& name, double every) {
    WorkerSpec spec = spec_named(name);
    spec.every = every;
    spec.max_consecutive_failures = 1;
    return spec;
}

double unix_time() { return static_cast<double>(look_at_clock().unix_time) / 1e9; }

// As a get_vars() that waits.
WaitResult start_and_want(Rig& rig, Worker& worker, milliseconds limit = kGenerous) {
    if (!rig.start(worker).ok()) {
        return WaitResult::launch_failed;
    }
    worker.request_run();
    return worker.slot().waiters().wait(Clock::now() + limit, 0);
}

RunReport short_run() { return silent_run(0.01); }

}  // namespace

TEST_CASE("a job waits for its time, without a thread", "[supervisor][job]") {
    Rig rig({job("j", kRarely)});
    Worker& j = rig.worker("j");
    const double before = unix_time();
    REQUIRE(rig.start(j).ok());
    CHECK(j.facts().state == WorkerState::waiting);
    REQUIRE(eventually([&] { return j.facts().next_run.has_value(); }));
    const double due = *j.facts().next_run;
    CHECK(std::fmod(due, kRarely) == 0);
    CHECK(due > before);
    CHECK(due <= before + kRarely + 0.5);
    CHECK(rig.host.threads_made == 0);
    const auto stopped = Clock::now();
    CHECK(rig.shutdown().empty());
    CHECK(seconds_since(stopped) < 5);
    CHECK(j.facts().state == WorkerState::idle);
    CHECK_FALSE(j.facts().next_run);
    CHECK(j.facts().runs == 0);
}

TEST_CASE("a job runs at multiples of its time, each once, on one thread", "[supervisor][job]") {
    std::mutex mutex;
    std::vector<double> began;
    Rig rig({job("j", 0.2)});
    rig.host.script("j", [&](Run& run) {
        std::lock_guard<std::mutex> lock(mutex);
        began.push_back(unix_time());
        if (run.number == 2) {
            std::this_thread::sleep_for(milliseconds(500));  // over two of its times
        }
        return short_run();
    });
    Worker& j = rig.worker("j");
    REQUIRE(rig.start(j).ok());
    REQUIRE(rig.host.lines().wait_for({"event=exited"}, 5));
    std::lock_guard<std::mutex> lock(mutex);
    for (size_t i = 1; i < began.size(); ++i) {
        CHECK(std::floor(began[i] / 0.2) > std::floor(began[i - 1] / 0.2));
    }
    CHECK(began[2] - began[1] > 0.5);
    CHECK(rig.host.threads_made == 1);
    CHECK(j.facts().consecutive_failures == 0);
    CHECK(j.facts().last_error.empty());
    CHECK(rig.host.lines().count({"level=info worker=j event=started run=1 "}) == 1);
    CHECK(rig.host.lines().count({"level=info worker=j event=exited status=0", "next=0."}) >= 4);
    CHECK(rig.host.lines().count({"level=notice"}) == 0);
}

TEST_CASE("the first run of a job begins at once if somebody waits for it, the others do not", "[supervisor][job]") {
    Rig rig({job("j", kRarely)});
    rig.host.script("j", [&](Run& run) {
        run.publish();
        return short_run();
    });
    Worker& j = rig.worker("j");
    CHECK(start_and_want(rig, j) == WaitResult::ready);
    CHECK(rig.wait_for_state(j, WorkerState::waiting));
    CHECK(j.facts().next_run.has_value());
    CHECK(start_and_want(rig, j) == WaitResult::ready);
    std::this_thread::sleep_for(milliseconds(50));
    CHECK(j.facts().runs == 1);
}

TEST_CASE("a reader of a job that ends clean and silent is told at once, then and later", "[supervisor][job]") {
    Rig rig({job("j", kRarely)});
    rig.host.script("j", [&](Run&) { return silent_run(5); });
    Worker& j = rig.worker("j");
    const auto began = Clock::now();
    CHECK(start_and_want(rig, j) == WaitResult::ended_silently);
    CHECK(rig.wait_for_state(j, WorkerState::waiting));
    CHECK(start_and_want(rig, j) == WaitResult::ended_silently);
    CHECK(seconds_since(began) < 10);
    CHECK(j.facts().runs == 1);
    CHECK(j.facts().consecutive_failures == 0);
    CHECK(rig.host.lines().count({"event=failed"}) == 0);
}

TEST_CASE("while the next run of a silent job goes on its readers wait again", "[supervisor][job]") {
    Gate publish;
    Rig rig({job("j", 0.2)});
    rig.host.script("j", [&](Run& run) {
        if (run.number > 1) {
            publish.wait();
            run.publish();
            run.wait_for_stop();
        }
        return silent_run(5);
    });
    Worker& j = rig.worker("j");
    REQUIRE(rig.start(j).ok());
    REQUIRE(rig.host.lines().wait_for({"event=started run=2 "}));
    CHECK(start_and_want(rig, j, milliseconds(20)) == WaitResult::elapsed);
    publish.open();
    CHECK(start_and_want(rig, j) == WaitResult::ready);
}

TEST_CASE("a job that crashes is paced, never failed, and a clean run makes good", "[supervisor][job]") {
    Rig rig({job("j", 0.01)});
    std::atomic<double> fifth_gap{0};
    Clock::time_point ended;
    Gate clean;
    rig.host.script("j", [&](Run& run) {
        if (run.number == 6) {
            fifth_gap = seconds_since(ended);
            clean.wait();
            return short_run();
        }
        if (run.number > 6) {
            run.wait_for_stop();
        }
        ended = Clock::now();
        return crash();
    });
    Worker& j = rig.worker("j");
    REQUIRE(rig.start(j).ok());
    REQUIRE(rig.host.lines().wait_for({"event=started run=6 "}));
    CHECK(j.facts().consecutive_failures == 5);
    CHECK(j.facts().crashes == 5);
    REQUIRE(eventually([&] { return fifth_gap != 0; }));
    CHECK(fifth_gap >= 1.439);  // 1.6 s less the jitter
    CHECK(rig.host.lines().count({"worker=j event=exited status=255"}) == 5);
    CHECK(rig.host.lines().count({"level=warning worker=j event=exited status=255"}) == 1);
    CHECK(rig.host.lines().count({"event=failed"}) == 0);
    clean.open();
    REQUIRE(rig.host.lines().wait_for({"event=started run=7 "}));
    CHECK(j.facts().consecutive_failures == 0);
}

TEST_CASE("a job whose thread cannot be made has the next time as any other", "[supervisor][job]") {
    Rig rig({job("j", 0.05)});
    rig.host.refuse_threads(2);
    rig.host.script("j", [&](Run& run) {
        run.publish();
        return short_run();
    });
    Worker& j = rig.worker("j");
    CHECK(start_and_want(rig, j) == WaitResult::launch_failed);
    CHECK(eventually([&] { return j.slot().version() != 0; }));
    CHECK(rig.host.lines().count({"event=launch_failed"}) == 2);
}

TEST_CASE("a changed file does nothing to a job that waits, and ends a run that goes on", "[supervisor][job]") {
    TempDirectory directory;
    WorkerSpec spec = job("j", kRarely);
    spec.watch = {directory.path()};
    WorkerSpec witness = spec_named("witness");
    witness.watch = spec.watch;
    Rig rig({spec, witness});
    rig.host.script("j", [&](Run& run) {
        run.publish();
        run.wait_for_stop();
        return short_run();
    });
    Worker& j = rig.worker("j");
    REQUIRE(rig.start(j).ok());
    CHECK(rig.start_and_wait(rig.worker("witness")) == WaitResult::ready);
    directory.write("a", "x");
    REQUIRE(rig.host.lines().wait_for({"worker=witness event=started run=2 "}));
    CHECK(j.facts().runs == 0);
    CHECK(rig.host.lines().count({"worker=j event=changed"}) == 0);
    CHECK(start_and_want(rig, j) == WaitResult::ready);
    directory.write("b", "x");
    CHECK(rig.host.lines().wait_for({"worker=j event=changed"}));
    CHECK(rig.wait_for_state(j, WorkerState::waiting));
    CHECK(j.facts().runs == 1);
    CHECK(j.facts().consecutive_failures == 0);
}

TEST_CASE("a held job has no run before it is resumed", "[supervisor][job]") {
    Rig rig({job("j", 0.05)});
    rig.host.script("j", [&](Run&) { return short_run(); });
    Worker& j = rig.worker("j");
    REQUIRE(rig.start(j).ok());
    REQUIRE(eventually([&] { return j.facts().runs > 0; }));
    j.instances()[0]->post(Instance::mail_hold);
    uint64_t runs = 0;
    REQUIRE(eventually([&] {
        runs = j.facts().runs;
        std::this_thread::sleep_for(milliseconds(200));
        return j.facts().runs == runs;
    }));
    CHECK(j.facts().state == WorkerState::waiting);
    j.instances()[0]->post(Instance::mail_resume);
    CHECK(eventually([&] { return j.facts().runs > runs + 1; }));
}

TEST_CASE("a clock that is set forward skips, and the job goes on by the new time", "[supervisor][job]") {
    Rig rig({job("j", 0.5)});
    rig.host.script("j", [&](Run&) { return short_run(); });
    Worker& j = rig.worker("j");
    REQUIRE(rig.start(j).ok());
    REQUIRE(rig.host.lines().wait_for({"event=exited"}));
    rig.host.clock_set_by = 3'600'250'000'000;
    const uint64_t runs = j.facts().runs;
    CHECK(eventually([&] { return j.facts().runs >= runs + 3; }));
    CHECK(rig.wait_for_state(j, WorkerState::waiting));
    CHECK(eventually([&] {
        const auto due = j.facts().next_run;
        return due && *due > unix_time() + 3590 && std::fmod(*due, 0.5) == 0;
    }));
}

TEST_CASE("the process ends while a job runs", "[supervisor][job]") {
    Rig rig({job("j", kRarely)});
    rig.host.script("j", [&](Run& run) {
        run.publish();
        run.wait_for_stop();
        return short_run();
    });
    Worker& j = rig.worker("j");
    CHECK(start_and_want(rig, j) == WaitResult::ready);
    CHECK(rig.shutdown().empty());
    CHECK(j.facts().state == WorkerState::idle);
    CHECK_FALSE(j.facts().next_run);
    CHECK(rig.host.threads_joined == rig.host.threads_made);
}
