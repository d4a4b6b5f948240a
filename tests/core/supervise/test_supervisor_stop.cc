// EOF, grace, force-kill, stuck; and the two ends of a process.
#include <catch2/catch_test_macros.hpp>

#include "support/fake_host.h"
#include "support/sync_points.h"

using namespace bgworkers;
using namespace bgworkers::test;

namespace {

WorkerSpec with_grace(const std::string& name, double grace, int num = 0) {
    WorkerSpec spec = spec_named(name, num);
    spec.shutdown_grace = grace;
    return spec;
}

// A script that nothing ends but the gate.
Script deaf(Gate& gate) {
    return [&gate](Run& run) {
        run.publish();
        gate.wait(std::chrono::minutes(10));
        return good_run();
    };
}

}  // namespace

TEST_CASE("scripts that return at EOF end the shutdown at once", "[supervisor][stop]") {
    Rig rig({with_grace("a", 60), with_grace("pool", 60, 3)});
    CHECK(rig.start_and_wait(rig.worker("a")) == WaitResult::ready);
    CHECK(rig.start_and_wait(rig.worker("pool")) == WaitResult::ready);
    const auto began = Clock::now();
    CHECK(rig.shutdown().empty());
    CHECK(seconds_since(began) < 5);
    CHECK(rig.host.interrupts == 0);
    CHECK(rig.host.threads_made == 4);
    CHECK(rig.host.threads_joined == 4);
    CHECK(rig.host.lines().count({"event=stop", "grace=60.000"}) == 4);
    CHECK(rig.host.lines().count({"event=exited", "status=0"}) == 4);
    CHECK_FALSE(rig.supervisor.running());
    CHECK(rig.supervisor.stopping());
}

TEST_CASE("a reader that ends the process at a first publication finds it told before the stop", "[supervisor][stop]") {
    Rig rig({spec_named("a")});
    rig.host.script("a", [](Run& run) {
        run.publish_without_waking();
        run.wait_for_stop();  // the supervisor is woken too late
        return good_run();
    });
    CHECK(rig.start_and_wait(rig.worker("a")) == WaitResult::ready);
    CHECK(rig.shutdown().empty());
    std::string order;
    for (const std::string& line : rig.host.lines().lines({"event="})) {
        order += line.substr(line.find("event=") + 6, 5) + " ";
    }
    CHECK(order == "start ready stop  exite ");
}

TEST_CASE("the shutdown waits for the last script of several, and not longer", "[supervisor][stop]") {
    Gate go;
    std::atomic<bool> slow_ended{false};
    Rig rig({with_grace("quick", 60), with_grace("slow", 60)});
    rig.host.script("slow", [&](Run& run) {
        run.publish();
        run.wait_for_stop();
        go.wait();
        slow_ended = true;
        return good_run();
    });
    CHECK(rig.start_and_wait(rig.worker("quick")) == WaitResult::ready);
    CHECK(rig.start_and_wait(rig.worker("slow")) == WaitResult::ready);
    Threads threads;
    std::atomic<bool> down{false};
    threads.run([&] {
        rig.shutdown();
        down = true;
    });
    CHECK(rig.wait_for_state(rig.worker("quick"), WorkerState::idle));
    CHECK_FALSE(down);
    const auto let_go = Clock::now();
    go.open();
    threads.join();
    CHECK(seconds_since(let_go) < 5);
    CHECK(slow_ended);
    CHECK(rig.host.interrupts == 0);
}

TEST_CASE("all have the longest grace of those that run at the end of the process", "[supervisor][stop]") {
    Rig rig({with_grace("short", 0.01), with_grace("long", 30), with_grace("longest", 60)});
    rig.worker("longest");  // never started: does not count
    CHECK(rig.start_and_wait(rig.worker("short")) == WaitResult::ready);
    CHECK(rig.start_and_wait(rig.worker("long")) == WaitResult::ready);
    CHECK(rig.shutdown().empty());
    CHECK(rig.host.lines().count({"event=stop grace=30.000"}) == 2);
    CHECK(rig.host.interrupts == 0);
}

TEST_CASE("the grace of the scope counts where a worker has none of its own", "[supervisor][stop]") {
    Rig rig({spec_named("a")}, 64, 12.5);
    CHECK(rig.start_and_wait(rig.worker("a")) == WaitResult::ready);
    CHECK(rig.shutdown().empty());
    CHECK(rig.host.lines().count({"event=stop grace=12.500"}) == 1);
}

TEST_CASE("the grace counts from the request to stop, however long the loop was busy before it", "[supervisor][stop]") {
    constexpr double kGrace = 0.3;
    std::atomic<int64_t> interrupted_at{0};
    Rig rig({with_grace("a", kGrace)});
    rig.host.script("a", [&](Run& run) {
        run.publish();
        run.wait_for_interrupts();
        interrupted_at = Clock::now().time_since_epoch().count();
        return killed_run();
    });
    CHECK(rig.start_and_wait(rig.worker("a")) == WaitResult::ready);
    Clock::time_point before_stop;
    {
        // The loop reads the clock, then a callback of its takes longer than the grace, then comes the stop.
        StopAt busy("supervisor.on_wake.before_mail");
        Threads threads;
        threads.run([&] { rig.worker("a").instances()[0]->post(Instance::mail_hold); });
        REQUIRE(busy.wait_until_reached());
        std::this_thread::sleep_for(std::chrono::duration<double>(kGrace + 0.1));
        before_stop = Clock::now();
        busy.let_go();
    }
    REQUIRE(eventually([&] { return interrupted_at != 0; }));
    const Clock::time_point interrupted{Clock::duration(interrupted_at)};
    CHECK(seconds_between(before_stop, interrupted) >= kGrace - 0.002);  // the loop counts whole milliseconds
    rig.worker("a").instances()[0]->post(Instance::mail_resume);
}

TEST_CASE("after the grace a run is interrupted until it ends, and said to be killed", "[supervisor][stop]") {
    Clock::time_point eof, killed;
    Rig rig({with_grace("a", 0.1)});
    rig.host.script("a", [&](Run& run) {
        run.publish();
        run.wait_for_stop();
        eof = Clock::now();
        run.wait_for_interrupts(3);  // the first two had no effect
        killed = Clock::now();
        return killed_run();
    });
    CHECK(rig.start_and_wait(rig.worker("a")) == WaitResult::ready);
    CHECK(rig.shutdown().empty());
    CHECK(seconds_between(eof, killed) >= 0.09);
    CHECK(rig.host.interrupts >= 3);
    CHECK(rig.host.signals >= 3);
    CHECK(rig.host.lines().count({"level=warning", "event=killed after=2.000"}) == 1);
    CHECK(rig.host.lines().count({"event=stuck"}) == 0);
    CHECK(rig.worker("a").facts().crashes == 1);
}

TEST_CASE("a run that cannot be killed is stuck; a process that ends does not wait for it", "[supervisor][stop]") {
    static Gate gate;
    Rig& rig = abandoned_rig({with_grace("deaf", 0), with_grace("polite", 0)});
    rig.host.script("deaf", deaf(gate));
    CHECK(rig.start_and_wait(rig.worker("deaf")) == WaitResult::ready);
    CHECK(rig.start_and_wait(rig.worker("polite")) == WaitResult::ready);
    const auto began = Clock::now();
    CHECK(rig.shutdown(true) == std::vector<std::string>{"deaf"});
    const double took = seconds_since(began);
    CHECK(took >= 0.95);
    CHECK(took < 10);
    CHECK(rig.worker("deaf").facts().state == WorkerState::stuck);
    CHECK(rig.worker("polite").facts().state == WorkerState::idle);
    CHECK(rig.host.lines().count({"level=error", "worker=deaf event=stuck", "at=script.php:7"}) == 1);
    CHECK(rig.host.interrupts >= 100);
    CHECK(rig.host.signals < 20);  // in bursts
    gate.open();
}

TEST_CASE("a stuck instance of a pool is named with its number", "[supervisor][stop]") {
    static Gate gate;
    Rig& rig = abandoned_rig({with_grace("pool", 0, 2)});
    rig.host.script("pool", [](Run& run) {
        if (run.instance().index() == 1) {
            return deaf(gate)(run);
        }
        run.publish();
        run.wait_for_stop();
        return good_run();
    });
    CHECK(rig.start_and_wait(rig.worker("pool")) == WaitResult::ready);
    REQUIRE(rig.host.lines().wait_for({"event=ready"}, 2));
    CHECK(rig.shutdown(true) == std::vector<std::string>{"pool#1"});
    gate.open();
}

TEST_CASE("a process that lives on waits for a stuck run, says so, and ends up clean", "[supervisor][stop]") {
    Gate gate;
    Rig rig({with_grace("deaf", 0)});
    rig.host.script("deaf", deaf(gate));
    CHECK(rig.start_and_wait(rig.worker("deaf")) == WaitResult::ready);
    std::atomic<bool> down{false};
    Threads threads;
    threads.run([&] {
        const bool clean = rig.shutdown(false, 60).empty();
        down = clean;
    });
    REQUIRE(rig.wait_for_state(rig.worker("deaf"), WorkerState::stuck));
    CHECK(rig.host.lines().wait_for({"level=error", "worker=deaf event=waiting_for_stuck waited=5.", "limit=60.000"}));
    CHECK_FALSE(down);
    gate.open();
    threads.join();
    CHECK(down);
    CHECK(rig.host.threads_joined == 1);
    CHECK(rig.host.lines().count({"event=waiting_for_stuck"}) == 1);
}

TEST_CASE("a process that lives on gives up on a stuck run at the limit", "[supervisor][stop]") {
    static Gate gate;
    Rig& rig = abandoned_rig({with_grace("deaf", 0)});
    rig.host.script("deaf", deaf(gate));
    CHECK(rig.start_and_wait(rig.worker("deaf")) == WaitResult::ready);
    const auto began = Clock::now();
    CHECK(rig.shutdown(false, 1.5) == std::vector<std::string>{"deaf"});
    CHECK(seconds_since(began) >= 1.45);
    CHECK(seconds_since(began) < 10);
    gate.open();
}

TEST_CASE("a thread that does not leave after its last run is stuck too", "[supervisor][stop]") {
    auto gate = std::make_shared<Gate>();
    Rig& rig = abandoned_rig({with_grace("a", 60)});
    rig.host.before_leaving = [gate] { gate->wait(std::chrono::minutes(10)); };
    SECTION("after a run that was asked to stop") { CHECK(rig.start_and_wait(rig.worker("a")) == WaitResult::ready); }
    SECTION("while it waited for its next run") {
        rig.host.script("a", [](Run&) { return crash(); });
        REQUIRE(rig.start(rig.worker("a")).ok());
        REQUIRE(rig.host.lines().wait_for({"event=exited"}, 4));  // 0.8 s to the next
        REQUIRE(rig.wait_for_state(rig.worker("a"), WorkerState::backoff));
    }
    const auto began = Clock::now();
    CHECK(rig.shutdown(true) == std::vector<std::string>{"a"});
    CHECK(seconds_since(began) < 15);
    for (const std::string& line : rig.host.lines().lines({"event=stuck"})) {
        CHECK(line.find("uptime=0.000") != std::string::npos);  // no run is under way
    }
    gate->open();
}

TEST_CASE("a run that was stuck when it was restarted is followed by another once it ends", "[supervisor][stop]") {
    Gate gate;
    Rig rig({with_grace("a", 0), spec_named("b"), spec_named("c")});
    rig.host.script("a", [&](Run& run) {
        run.publish();
        if (run.number == 1) {
            gate.wait();
        } else {
            run.wait_for_stop();
        }
        return good_run();
    });
    Worker& a = rig.worker("a");
    CHECK(rig.start_and_wait(a) == WaitResult::ready);
    a.instances()[0]->post(Instance::mail_hold);
    a.instances()[0]->post(Instance::mail_resume);
    REQUIRE(rig.wait_for_state(a, WorkerState::stuck));
    CHECK(a.facts().runs == 1);  // no other run of that instance meanwhile
    CHECK(rig.host.threads_made == 1);
    SECTION("at once") { gate.open(); }
    SECTION("not before it is resumed, if it was held while it was stuck") {
        a.instances()[0]->post(Instance::mail_hold);
        for (const char* later : {"b", "c"}) {  // they are started by later looks at the mail
            CHECK(rig.start_and_wait(rig.worker(later)) == WaitResult::ready);
        }
        gate.open();
        REQUIRE(rig.wait_for_state(a, WorkerState::backoff));
        CHECK(a.facts().runs == 1);
        a.instances()[0]->post(Instance::mail_resume);
    }
    CHECK(rig.host.lines().wait_for({"worker=a event=started run=2 "}));
    CHECK(rig.shutdown().empty());
}

TEST_CASE("shutdown interrupts every wait: backoff, failure, those who wait for a first snapshot",
          "[supervisor][stop]") {
    WorkerSpec failing = with_grace("failed", 60), backing_off = with_grace("backoff", 60);
    failing.max_consecutive_failures = 1;
    backing_off.max_consecutive_failures = -1;
    std::atomic<int> closed{0}, waiting{0};
    Rig rig({failing, backing_off, with_grace("silent", 60), with_grace("untouched", 60)});
    rig.host.script("failed", [](Run&) { return crash(); });
    rig.host.script("backoff", [](Run&) { return crash(); });
    rig.host.script("silent", [](Run& run) {
        run.wait_for_stop();
        return good_run();
    });
    rig.worker("untouched");
    REQUIRE(rig.start(rig.worker("failed")).ok());
    REQUIRE(rig.start(rig.worker("backoff")).ok());
    REQUIRE(rig.wait_for_state(rig.worker("failed"), WorkerState::failed));
    REQUIRE(rig.host.lines().wait_for({"worker=backoff event=exited"}, 3));
    Threads threads;
    threads.run(10, [&](int) {
        ++waiting;
        closed += rig.start_and_wait(rig.worker("silent")) == WaitResult::closed;
    });
    REQUIRE(eventually([&] { return waiting == 10 && rig.worker("silent").facts().state == WorkerState::running; }));
    const auto began = Clock::now();
    CHECK(rig.shutdown().empty());
    threads.join();
    CHECK(seconds_since(began) < 5);
    // A caller that came when the end had begun is refused at its start instead.
    CHECK(closed >= 1);
    CHECK(rig.host.threads_joined == 3);
    CHECK(rig.worker("untouched").slot().waiters().wait(Clock::now() + kGenerous, 0) == WaitResult::closed);
}

TEST_CASE("nothing can be started after shutdown", "[supervisor][stop]") {
    Rig rig({spec_named("a"), spec_named("b")});
    SECTION("of a supervisor that ran") {
        CHECK(rig.start_and_wait(rig.worker("a")) == WaitResult::ready);
        CHECK(rig.shutdown().empty());
    }
    SECTION("of one that never did") { CHECK(rig.shutdown().empty()); }
    const size_t threads = running_threads();
    const Status status = rig.supervisor.start();
    CHECK_FALSE(status.ok());
    CHECK(status.message() == "workers cannot be started: the process is shutting down");
    rig.worker("b").request_start();
    rig.loop.wake();
    CHECK(running_threads() <= threads);
    CHECK_FALSE(rig.supervisor.running());
    CHECK(rig.worker("b").facts().runs == 0);
    CHECK(rig.shutdown().empty());  // a second one does nothing
}

TEST_CASE("fifty starts and shutdowns in one process leave no descriptor and no thread", "[supervisor][stop]") {
    const auto cycle = [](int i) {
        Rig rig({with_grace("a", 60), with_grace("pool", 60, 2)});
        if (i % 3 != 0) {
            REQUIRE(rig.start_and_wait(rig.worker("a")) == WaitResult::ready);
        }
        REQUIRE(rig.start(rig.worker("pool")).ok());
        REQUIRE(rig.shutdown().empty());
    };
    const size_t descriptors = open_descriptors();
    const size_t threads = running_threads();
    const uint64_t snapshots = Snapshot::live_count();
    for (int i = 0; i < 50; ++i) {
        cycle(i);
    }
    CHECK(open_descriptors() == descriptors);
    CHECK(eventually([&] { return running_threads() <= threads; }));
    CHECK(Snapshot::live_count() == snapshots);
}
