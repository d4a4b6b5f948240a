// What a stop and a signal that ends its own run mean for the supervisor.
#include <catch2/catch_test_macros.hpp>

#include "support/fake_host.h"

using namespace bgworkers;
using namespace bgworkers::test;

TEST_CASE("a run is told of the stop once, before its channel's end", "[supervisor][signals]") {
    Rig rig({spec_named("a")});
    std::atomic<bool> told{false};
    rig.host.script("a", [&](Run& run) {
        run.publish();
        told = run.wait_for_stop() && run.wait_to_be_told();
        return good_run();
    });
    CHECK(rig.start_and_wait(rig.worker("a")) == WaitResult::ready);
    CHECK(rig.host.stops == 0);
    CHECK(rig.shutdown().empty());
    CHECK(told);
    CHECK_FALSE(rig.host.told_late);
    CHECK(rig.host.stops == 1);
}

TEST_CASE("a run that ends itself is killed without a grace, and has its next run as after a crash",
          "[supervisor][signals]") {
    WorkerSpec spec = spec_named("a");
    spec.shutdown_grace = 600;
    Rig rig({spec});
    std::atomic<bool> struck{false};
    rig.host.script("a", [&](Run& run) {
        run.publish();
        if (run.number == 1) {
            run.instance().post(Instance::mail_kill);
            struck = run.wait_for_interrupts(3);
            return run_that_killed_itself();
        }
        run.wait_for_stop();
        return good_run();
    });
    CHECK(rig.start_and_wait(rig.worker("a")) == WaitResult::ready);
    CHECK(eventually([&] { return rig.host.runs == 2; }));
    CHECK(struck);
    CHECK(rig.host.stops == 0);
    CHECK(rig.worker("a").facts().crashes == 1);
    CHECK(rig.worker("a").facts().last_exit_status == 137);
    CHECK(rig.host.lines().count({"event=killed"}) == 0);
    CHECK(rig.host.lines().count({"event=stop"}) == 0);
    CHECK(rig.host.lines().count({"level=warning", "event=exited", "status=137", "ended by its own SIGKILL"}) == 1);
    CHECK(rig.wait_for_state(rig.worker("a"), WorkerState::running));
    CHECK(rig.shutdown().empty());
}

TEST_CASE("an end of its own that is told together with the end does not strike the next run",
          "[supervisor][signals]") {
    Rig rig({spec_named("a")});
    rig.host.script("a", [](Run& run) {
        run.publish();
        if (run.number <= 20) {
            run.instance().post(Instance::mail_kill);
            return good_run();
        }
        run.wait_for_stop();
        return good_run();
    });
    CHECK(rig.start_and_wait(rig.worker("a")) == WaitResult::ready);
    CHECK(eventually([&] { return rig.host.runs == 21; }));
    CHECK(rig.wait_for_state(rig.worker("a"), WorkerState::running));
    CHECK(rig.host.lines().count({"event=killed"}) == 0);
    CHECK(rig.worker("a").facts().crashes == 0);
}

TEST_CASE("a run that was asked to stop may still end itself; its grace ends with that", "[supervisor][signals]") {
    WorkerSpec spec = spec_named("a");
    spec.shutdown_grace = 600;
    Rig rig({spec});
    rig.host.script("a", [](Run& run) {
        run.publish();
        run.wait_to_be_told();
        run.instance().post(Instance::mail_kill);
        run.wait_for_interrupts(2);
        return run_that_killed_itself();
    });
    CHECK(rig.start_and_wait(rig.worker("a")) == WaitResult::ready);
    const auto began = Clock::now();
    CHECK(rig.shutdown().empty());
    CHECK(seconds_since(began) < 30);
    CHECK(rig.host.lines().count({"level=notice", "event=exited", "status=137"}) == 1);
}

TEST_CASE("a run that ends itself and does not is stuck", "[supervisor][signals]") {
    Rig rig({spec_named("a")});
    Gate gate;
    rig.host.script("a", [&](Run& run) {
        run.publish();
        if (run.number == 1) {
            run.instance().post(Instance::mail_kill);
            gate.wait(std::chrono::minutes(10));
            return run_that_killed_itself();
        }
        run.wait_for_stop();
        return good_run();
    });
    CHECK(rig.start_and_wait(rig.worker("a")) == WaitResult::ready);
    CHECK(rig.wait_for_state(rig.worker("a"), WorkerState::stuck));
    gate.open();
    CHECK(eventually([&] { return rig.host.runs == 2; }));
    CHECK(rig.wait_for_state(rig.worker("a"), WorkerState::running));
}
