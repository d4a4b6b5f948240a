// Restarts that somebody asks for.
#include <catch2/catch_test_macros.hpp>

#include "support/fake_host.h"

using namespace bgworkers;
using namespace bgworkers::test;
using std::chrono::milliseconds;

namespace {

constexpr double kRarely = 1'000'000;  // seconds

WorkerSpec job(const std::string& name) {
    WorkerSpec spec = spec_named(name);
    spec.every = kRarely;
    return spec;
}

RunReport live(Run& run) {
    run.publish();
    run.wait_for_stop();
    return good_run();
}

}  // namespace

TEST_CASE("a restart stops the present run in order, and another begins after the pace of bad runs",
          "[supervisor][restart]") {
    Rig rig({spec_named("a"), spec_named("other")});
    Worker& a = rig.worker("a");
    REQUIRE(rig.start_and_wait(a) == WaitResult::ready);
    REQUIRE(rig.start_and_wait(rig.worker("other")) == WaitResult::ready);
    CHECK(a.request_restart());
    REQUIRE(rig.host.lines().wait_for({"worker=a event=started run=2 "}));
    CHECK(rig.host.lines().count({"level=notice worker=a event=restart"}) == 1);
    CHECK(rig.host.lines().count({"worker=a event=stop grace=5.000"}) == 1);
    CHECK(rig.host.lines().count({"worker=a event=exited status=0", "next=0.1"}) +
              rig.host.lines().count({"worker=a event=exited status=0", "next=0.09"}) ==
          1);
    CHECK(a.facts().crashes == 0);
    CHECK(a.facts().consecutive_failures == 0);
    CHECK(rig.host.stops == 1);
    CHECK(rig.worker("other").facts().runs == 1);
}

TEST_CASE("a restart reaches all instances of a pool", "[supervisor][restart]") {
    Rig rig({spec_named("pool", 3)});
    Worker& pool = rig.worker("pool");
    REQUIRE(rig.start(pool).ok());
    REQUIRE(rig.host.lines().wait_for({"event=started"}, 3));
    CHECK(pool.request_restart());
    CHECK(rig.host.lines().wait_for({"event=started"}, 6));
    for (int index = 0; index < 3; ++index) {
        CHECK(rig.host.lines().count({"event=exited instance=" + std::to_string(index) + " "}) == 1);
    }
}

TEST_CASE("a worker that nobody has asked for is not started by a restart", "[supervisor][restart]") {
    Rig rig({spec_named("a")});
    Worker& a = rig.worker("a");
    REQUIRE(rig.supervisor.start().ok());
    CHECK_FALSE(a.request_restart());
    std::this_thread::sleep_for(milliseconds(30));
    CHECK(a.facts().state == WorkerState::idle);
    CHECK(rig.start_and_wait(a) == WaitResult::ready);
    std::this_thread::sleep_for(milliseconds(30));
    CHECK(a.facts().runs == 1);
    CHECK(rig.host.lines().count({"event=restart"}) == 0);
}

TEST_CASE("a start and a restart that are read at once are one run", "[supervisor][restart]") {
    Rig rig({spec_named("a")});
    Worker& a = rig.worker("a");
    a.request_start();  // the supervisor does not run yet
    CHECK(a.request_restart());
    REQUIRE(rig.start_and_wait(a) == WaitResult::ready);
    std::this_thread::sleep_for(milliseconds(30));
    CHECK(a.facts().runs == 1);
    CHECK(a.facts().state == WorkerState::running);
}

TEST_CASE("a job that is started and restarted in one mail runs at once", "[supervisor][restart][job]") {
    Rig rig({job("j")});
    rig.host.script("j", [&](Run&) { return silent_run(0.01); });
    Worker& j = rig.worker("j");
    j.request_start();  // the supervisor does not run yet
    CHECK(j.request_restart());
    REQUIRE(rig.start(j).ok());
    CHECK(rig.host.lines().wait_for({"event=exited"}));
    CHECK(eventually([&] { return j.facts().next_run.value_or(0) > 1e9; }));
    CHECK(j.facts().runs == 1);
}

TEST_CASE("whoever asks after the restart of a worker that has given up waits for its new run",
          "[supervisor][restart]") {
    Gate attempt;
    WorkerSpec spec = spec_named("a");
    spec.max_consecutive_failures = 1;
    Rig rig({spec});
    rig.host.script("a", [&](Run& run) {
        if (run.number == 1) {
            return crash();
        }
        attempt.wait();
        return run.number == 2 ? crash() : live(run);
    });
    Worker& a = rig.worker("a");
    REQUIRE(rig.start_and_wait(a) == WaitResult::given_up);
    REQUIRE(rig.wait_for_state(a, WorkerState::failed));
    CHECK(a.request_restart());
    CHECK(a.slot().waiters().wait(Clock::now() + milliseconds(300), 0) == WaitResult::elapsed);
    attempt.open();
    CHECK(a.slot().waiters().wait(Clock::now() + kGenerous, 0) == WaitResult::given_up);
    REQUIRE(rig.wait_for_state(a, WorkerState::failed));
    CHECK(a.facts().consecutive_failures == 2);
    CHECK(rig.host.lines().count({"event=failed"}) == 2);
    CHECK(a.request_restart());
    CHECK(a.slot().waiters().wait(Clock::now() + kGenerous, 0) == WaitResult::ready);
}

TEST_CASE("a restart that comes while a run is being killed outlives its failure", "[supervisor][restart]") {
    WorkerSpec spec = spec_named("a");
    spec.max_consecutive_failures = 1;
    Rig rig({spec});
    Gate end;
    rig.host.script("a", [&](Run& run) {
        if (run.number == 1) {
            run.publish();
            run.instance().post(Instance::mail_kill);
            end.wait();
            return run_that_killed_itself();
        }
        return live(run);
    });
    Worker& a = rig.worker("a");
    REQUIRE(rig.start_and_wait(a) == WaitResult::ready);
    REQUIRE(eventually([&] { return a.facts().state == WorkerState::stopping; }));
    CHECK(a.request_restart());
    REQUIRE(rig.host.lines().wait_for({"event=restart"}));
    end.open();
    CHECK(rig.host.lines().wait_for({"event=started run=2 "}));
    CHECK(rig.host.lines().count({"event=failed"}) == 0);
    CHECK(a.facts().crashes == 1);
}

TEST_CASE("a restart of a job that waits is a run at once", "[supervisor][restart][job]") {
    Rig rig({job("j")});
    rig.host.script("j", [&](Run&) { return silent_run(0.01); });
    Worker& j = rig.worker("j");
    REQUIRE(rig.start(j).ok());
    REQUIRE(rig.wait_for_state(j, WorkerState::waiting));
    for (uint64_t runs = 1; runs <= 3; ++runs) {
        CHECK(j.request_restart());
        CHECK(rig.host.lines().wait_for({"event=exited"}, runs));
        CHECK(rig.wait_for_state(j, WorkerState::waiting));
        CHECK(j.facts().runs == runs);
    }
    std::this_thread::sleep_for(milliseconds(50));
    CHECK(j.facts().runs == 3);
    const double now = static_cast<double>(look_at_clock().unix_time) / 1e9;
    CHECK(j.facts().next_run.value_or(0) > now + 1);
}

TEST_CASE("a restart of a job that runs stops it, and the next run does not wait for its time",
          "[supervisor][restart][job]") {
    Rig rig({job("j")});
    rig.host.script("j", [&](Run& run) {
        if (run.number == 2) {
            return silent_run(0.01);
        }
        return live(run);
    });
    Worker& j = rig.worker("j");
    REQUIRE(rig.start(j).ok());
    j.request_run();
    REQUIRE(j.slot().waiters().wait(Clock::now() + kGenerous, 0) == WaitResult::ready);
    CHECK(j.request_restart());
    REQUIRE(rig.host.lines().wait_for({"event=exited"}, 2));
    CHECK(rig.host.lines().count({"event=exited", "next=0."}) == 1);
    CHECK(rig.wait_for_state(j, WorkerState::waiting));
    CHECK(j.facts().runs == 2);
}

TEST_CASE("a job that crashed is restarted when the pace of crashes allows it", "[supervisor][restart][job]") {
    std::chrono::steady_clock::time_point ended;
    double waited = 0;
    Rig rig({job("j")});
    rig.host.script("j", [&](Run& run) {
        if (run.number == 2) {
            waited = seconds_since(ended);
            return silent_run(0.01);
        }
        ended = Clock::now();
        return crash();
    });
    Worker& j = rig.worker("j");
    REQUIRE(rig.start(j).ok());
    CHECK(j.request_restart());
    REQUIRE(rig.host.lines().wait_for({"event=exited status=255"}));
    CHECK(j.request_restart());
    REQUIRE(rig.host.lines().wait_for({"event=exited status=0"}));
    CHECK(waited > 0.085);
}

TEST_CASE("a held worker is not restarted before it is resumed", "[supervisor][restart]") {
    Rig rig({spec_named("a"), job("j")});
    rig.host.script("j", [&](Run&) { return silent_run(0.01); });
    Worker& a = rig.worker("a");
    Worker& j = rig.worker("j");
    REQUIRE(rig.start_and_wait(a) == WaitResult::ready);
    REQUIRE(rig.start(j).ok());
    REQUIRE(eventually([&] { return j.facts().next_run.has_value(); }));
    for (Worker* worker : {&a, &j}) {
        worker->instances()[0]->post(Instance::mail_hold);
    }
    REQUIRE(rig.wait_for_state(a, WorkerState::backoff));
    CHECK(a.request_restart());
    CHECK(j.request_restart());
    REQUIRE(rig.host.lines().wait_for({"event=restart"}, 2));
    std::this_thread::sleep_for(milliseconds(200));
    CHECK(a.facts().runs == 1);
    CHECK(j.facts().runs == 0);
    for (Worker* worker : {&a, &j}) {
        worker->instances()[0]->post(Instance::mail_resume);
    }
    CHECK(eventually([&] { return a.facts().runs == 2 && j.facts().runs == 1; }));
}

TEST_CASE("restarts from many threads, and a shutdown among them", "[supervisor][restart]") {
    Rig rig({spec_named("a"), job("j"), spec_named("pool", 2)});
    rig.host.script("j", [&](Run&) { return silent_run(0.01); });
    for (const char* name : {"a", "j", "pool"}) {
        REQUIRE(rig.start(rig.worker(name)).ok());
    }
    std::atomic<bool> over{false};
    std::vector<std::thread> threads;
    for (const char* name : {"a", "j", "pool", "a"}) {
        threads.emplace_back([&, name] {
            while (!over) {
                rig.worker(name).request_restart();
                std::this_thread::yield();
            }
        });
    }
    CHECK(rig.host.lines().wait_for({"worker=a event=started"}, 2));
    CHECK(rig.shutdown().empty());
    over = true;
    for (std::thread& thread : threads) {
        thread.join();
    }
    CHECK(rig.host.threads_joined == rig.host.threads_made);
    CHECK(rig.worker("a").facts().state == WorkerState::idle);
}
