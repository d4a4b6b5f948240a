// Starting, pacing, giving up: the supervisor's real loop over threads that obey a test.
#include <catch2/catch_test_macros.hpp>

#include <filesystem>
#include <map>

#include "support/fake_host.h"
#include "support/temp_directory.h"

using namespace bgworkers;
using namespace bgworkers::test;
using std::chrono::milliseconds;

namespace {

// As watched files are named on every system.
std::string generic(const std::string& path) { return std::filesystem::path(path).generic_string(); }

WorkerSpec limited(const std::string& name, int max_failures) {
    WorkerSpec spec = spec_named(name);
    spec.max_consecutive_failures = max_failures;
    return spec;
}

// When each run of a worker began and ended.
struct Times {
    std::mutex mutex;
    std::vector<Clock::time_point> began, ended;
    void note(std::vector<Clock::time_point>& list) {
        std::lock_guard<std::mutex> lock(mutex);
        list.push_back(Clock::now());
    }
    // `started` is logged before the script begins.
    bool have_begun(size_t runs) {
        return eventually([&] {
            std::lock_guard<std::mutex> lock(mutex);
            return began.size() >= runs;
        });
    }
    double gap_after(size_t run) {
        REQUIRE(have_begun(run + 2));
        std::lock_guard<std::mutex> lock(mutex);
        return seconds_between(ended.at(run), began.at(run + 1));
    }
};

}  // namespace

TEST_CASE("nothing runs before the first start", "[supervisor]") {
    const size_t threads = running_threads();
    const size_t descriptors = open_descriptors();
    Rig rig({spec_named("a")});
    rig.worker("a");
    CHECK_FALSE(rig.supervisor.running());
    CHECK(running_threads() <= threads);
    CHECK(open_descriptors() == descriptors);
    CHECK(rig.shutdown().empty());
}

TEST_CASE("a worker starts, gets ready and is seen running", "[supervisor]") {
    Rig rig({spec_named("a")});
    Worker& a = rig.worker("a");
    CHECK(rig.start_and_wait(a) == WaitResult::ready);
    CHECK(a.facts().state == WorkerState::running);
    CHECK(a.facts().runs == 1);
    CHECK(rig.host.lines().wait_for({"worker=a event=started run=1 script=/nowhere/a.php "}));
    CHECK(rig.host.lines().wait_for({"worker=a event=ready after="}));
    CHECK(rig.shutdown().empty());
    CHECK(a.facts().state == WorkerState::idle);
    CHECK(rig.host.threads_made == 1);
    CHECK(rig.host.threads_joined == 1);
}

TEST_CASE("many readers at the same moment start a worker once", "[supervisor]") {
    std::atomic<int> ready{0};
    Rig rig({spec_named("a")});
    {
        Threads threads;
        threads.run(16, [&](int) { ready += rig.start_and_wait(rig.worker("a")) == WaitResult::ready; });
    }
    CHECK(ready == 16);
    CHECK(rig.host.threads_made == 1);
    CHECK(rig.host.runs == 1);
    CHECK(rig.worker("a").facts().runs == 1);
}

TEST_CASE("mail to start a worker that runs already changes nothing", "[supervisor]") {
    Rig rig({spec_named("a"), spec_named("witness")});
    CHECK(rig.start_and_wait(rig.worker("a")) == WaitResult::ready);
    rig.worker("a").instances()[0]->post(Instance::mail_start);
    CHECK(rig.start_and_wait(rig.worker("witness")) == WaitResult::ready);  // the loop has looked since
    CHECK(rig.worker("a").facts().runs == 1);
    CHECK(rig.host.lines().count({"worker=a event=launch_failed"}) == 0);
}

TEST_CASE("a pool starts each of its instances once and shares one slot", "[supervisor]") {
    Rig rig({spec_named("pool", 3)});
    Worker& pool = rig.worker("pool");
    CHECK(rig.start_and_wait(pool) == WaitResult::ready);
    CHECK(rig.host.lines().wait_for({"worker=pool event=ready"}, 3));
    CHECK(rig.host.threads_made == 3);
    CHECK(pool.facts().runs == 3);
    for (const char* instance : {"instance=0", "instance=1", "instance=2"}) {
        CHECK(rig.host.lines().count({"event=started", instance}) == 1);
    }
}

TEST_CASE("mail that was posted before the loop's thread exists is read", "[supervisor]") {
    Rig rig({spec_named("a")});
    Worker& a = rig.worker("a");
    a.request_start();
    CHECK(rig.host.threads_made == 0);
    REQUIRE(rig.supervisor.start().ok());
    CHECK(a.slot().waiters().wait(Clock::now() + kGenerous, 0) == WaitResult::ready);
}

TEST_CASE("after a clean run that published the next one begins at once, on the same thread", "[supervisor]") {
    Times times;
    Rig rig({spec_named("a")});
    rig.host.script("a", [&](Run& run) {
        times.note(times.began);
        run.publish();
        if (run.number == 5) {
            run.wait_for_stop();
        }
        times.note(times.ended);
        return good_run();
    });
    CHECK(rig.start_and_wait(rig.worker("a")) == WaitResult::ready);
    REQUIRE(times.have_begun(5));
    CHECK(rig.host.threads_made == 1);
    CHECK(rig.host.lines().count({"event=exited status=0 uptime=2.000 next=0.000 "}) == 4);
    CHECK(seconds_between(times.began.front(), times.began.back()) < (kUnderSanitizer ? 2.0 : 0.5));
    CHECK(rig.worker("a").facts().crashes == 0);
}

TEST_CASE("crashes are backed off and a good run goes on at once", "[supervisor]") {
    Times times;
    Rig rig({limited("a", -1)});
    rig.host.script("a", [&](Run& run) {
        times.note(times.began);
        if (run.number <= 3) {
            times.note(times.ended);
            return crash(7);
        }
        run.publish();
        run.wait_for_stop();
        return good_run();
    });
    Worker& a = rig.worker("a");
    CHECK(rig.start_and_wait(a) == WaitResult::ready);
    CHECK(times.gap_after(0) >= 0.089);  // 100 ms less the jitter, less what a timer rounds
    CHECK(times.gap_after(1) >= 0.179);
    CHECK(times.gap_after(2) >= 0.359);
    CHECK(times.gap_after(2) < 5);
    CHECK(rig.host.lines().count({"event=exited status=7", "error=\"Error: broken in x.php:3\""}) == 3);
    CHECK(rig.host.lines().count({"level=warning", "event=exited status=7"}) == 1);
    const WorkerFacts facts = a.facts();
    CHECK(facts.runs == 4);
    CHECK(facts.crashes == 3);
    CHECK(facts.last_exit_status == 7);
    CHECK(facts.last_error == "Error: broken in x.php:3");
    CHECK(facts.consecutive_failures == 3);
}

TEST_CASE("between two runs a worker is seen in backoff", "[supervisor]") {
    Rig rig({limited("a", -1)});
    rig.host.script("a", [](Run&) { return crash(); });
    REQUIRE(rig.start(rig.worker("a")).ok());
    CHECK(rig.wait_for_state(rig.worker("a"), WorkerState::backoff));
}

TEST_CASE("a worker that fails without an error's text has none in the log", "[supervisor]") {
    Rig rig({limited("a", 1)});
    rig.host.script("a", [](Run&) { return crash(3, ""); });
    REQUIRE(rig.start(rig.worker("a")).ok());
    REQUIRE(rig.wait_for_state(rig.worker("a"), WorkerState::failed));
    CHECK(rig.host.lines().count({"event=failed failures=1 next="}) == 1);
}

TEST_CASE("at the failure limit every waiter is told at once, and the log once", "[supervisor]") {
    Rig rig({limited("a", 2)});
    rig.host.script("a", [](Run&) { return crash(3, "Error: no in a.php:1"); });
    Worker& a = rig.worker("a");
    std::atomic<int> told{0};
    const auto began = Clock::now();
    {
        Threads threads;
        threads.run(20, [&](int) { told += rig.start_and_wait(a) == WaitResult::given_up; });
    }
    CHECK(told == 20);
    CHECK(seconds_since(began) < 10);
    CHECK(rig.wait_for_state(a, WorkerState::failed));
    CHECK(rig.host.lines().count(
              {"level=error", "event=failed failures=2", "error=\"Error: no in a.php:1\"", "next=30.000"}) == 1);
    CHECK(a.facts().runs == 2);
    CHECK(a.describe_attempts() == "2 attempts, last exit status 3, last error: Error: no in a.php:1");
    CHECK(rig.start_and_wait(a, milliseconds(0)) == WaitResult::given_up);
    // The end of the process does not wait for the attempt in 30 s.
    const auto stopped = Clock::now();
    CHECK(rig.shutdown().empty());
    CHECK(seconds_since(stopped) < 5);
}

TEST_CASE("a worker that gives up after it was ready stays readable", "[supervisor]") {
    Rig rig({limited("a", 1)});
    rig.host.script("a", [](Run& run) {
        run.publish(77);
        return crash();
    });
    Worker& a = rig.worker("a");
    CHECK(rig.start_and_wait(a) == WaitResult::ready);
    CHECK(rig.wait_for_state(a, WorkerState::failed));
    CHECK(rig.start_and_wait(a) == WaitResult::ready);
    Snapshot* current = a.slot().pin_current();
    CHECK(words_of(current)[0] == 77);
    current->unpin();
}

TEST_CASE("a pool has given up when all of its instances have", "[supervisor]") {
    WorkerSpec spec = limited("pool", 1);
    spec.num = 2;
    Gate second;
    Rig rig({spec});
    rig.host.script("pool", [&](Run& run) {
        if (run.instance().index() == 1) {
            second.wait();
        }
        return crash();
    });
    Worker& pool = rig.worker("pool");
    REQUIRE(rig.start(pool).ok());
    REQUIRE(rig.host.lines().wait_for({"event=failed instance=0"}));
    CHECK(pool.slot().waiters().wait(Clock::now() + milliseconds(20), 0) == WaitResult::elapsed);
    CHECK(pool.facts().state == WorkerState::running);
    second.open();
    CHECK(pool.slot().waiters().wait(Clock::now() + kGenerous, 0) == WaitResult::given_up);
}

TEST_CASE("a run that ends before its first line is seen is paced like any other", "[supervisor]") {
    Rig rig({limited("a", 2)});
    rig.host.announce_runs = false;
    rig.host.script("a", [](Run&) { return crash(255, "no such file"); });
    CHECK(rig.start_and_wait(rig.worker("a")) == WaitResult::given_up);
    CHECK(rig.host.lines().count({"event=started"}) == 2);
    CHECK(rig.host.runs == 2);
}

TEST_CASE("twenty clean runs of a consumer that publishes nothing leave no failure", "[supervisor]") {
    Rig rig({limited("a", 1)});
    rig.host.script("a", [&](Run& run) {
        if (run.number > 20) {
            run.wait_for_stop();
        }
        return silent_run(15);
    });
    Worker& a = rig.worker("a");
    REQUIRE(rig.start(a).ok());
    REQUIRE(rig.host.lines().wait_for({"event=started run=21 "}));
    REQUIRE(rig.wait_for_state(a, WorkerState::running));
    CHECK(rig.host.lines().count({"level=notice", "event=exited status=0 uptime=15.000 next=0.000 "}) == 20);
    const WorkerFacts facts = a.facts();
    CHECK(facts.state == WorkerState::running);
    CHECK(facts.consecutive_failures == 0);
    CHECK(facts.crashes == 0);
    CHECK(facts.last_error.empty());
}

TEST_CASE("a clean run that somebody waited for in vain is a failure that says why", "[supervisor]") {
    Gate waiting;
    Rig rig({limited("a", 2)});
    rig.host.script("a", [&](Run&) {
        waiting.wait();
        return silent_run(5);
    });
    Worker& a = rig.worker("a");
    std::atomic<int> result{-1};
    Threads reader;
    reader.run([&] { result = static_cast<int>(rig.start_and_wait(a)); });
    REQUIRE(eventually([&] { return rig.host.runs == 1; }));
    REQUIRE(eventually([&] { return a.slot().waiters().awaited_since(Clock::now()); }));
    waiting.open();
    reader.join();
    CHECK(result == static_cast<int>(WaitResult::given_up));
    CHECK(rig.wait_for_state(a, WorkerState::failed));
    CHECK(a.facts().consecutive_failures == 2);
    CHECK(a.facts().last_error == "the script ended without a call of BgWorkers\\set_vars()");
}

TEST_CASE("a waiter that sleeps on another worker counts", "[supervisor]") {
    Gate noted;
    Rig rig({limited("a", 1)});
    rig.host.script("a", [&](Run&) {
        noted.wait();
        return silent_run(5);
    });
    Worker& a = rig.worker("a");
    REQUIRE(rig.start(a).ok());
    REQUIRE(eventually([&] { return rig.host.runs == 1; }));
    a.slot().waiters().note_waiter();
    noted.open();
    CHECK(rig.wait_for_state(a, WorkerState::failed));
}

TEST_CASE("looks that do not wait make no run a failure", "[supervisor]") {
    Gate looked;
    Rig rig({limited("a", 1)});
    rig.host.script("a", [&](Run& run) {
        looked.wait();
        if (run.number > 1) {
            run.wait_for_stop();
        }
        return silent_run(5);
    });
    Worker& a = rig.worker("a");
    REQUIRE(rig.start(a).ok());
    REQUIRE(eventually([&] { return rig.host.runs == 1; }));
    CHECK(a.slot().waiters().wait(Clock::time_point::min(), 0) == WaitResult::elapsed);
    looked.open();
    REQUIRE(rig.host.lines().wait_for({"event=started run=2 "}));
    CHECK(a.facts().consecutive_failures == 0);
    CHECK(rig.wait_for_state(a, WorkerState::running));
}

TEST_CASE("an attempt that ends clean, though it never publishes, ends the state of having given up", "[supervisor]") {
    TempDirectory directory;
    WorkerSpec spec = limited("a", 1);
    spec.watch = {directory.path()};
    Rig rig({spec});
    rig.host.script("a", [](Run& run) {
        if (run.number == 1) {
            return crash();
        }
        if (run.number == 3) {
            run.wait_for_stop();
        }
        return silent_run(20);
    });
    Worker& a = rig.worker("a");
    REQUIRE(rig.start(a).ok());
    REQUIRE(rig.wait_for_state(a, WorkerState::failed));
    directory.write("fixed.php", "x");
    REQUIRE(rig.host.lines().wait_for({"event=started run=3 "}));
    CHECK(a.slot().waiters().wait(Clock::now() + milliseconds(10), 0) == WaitResult::elapsed);
}

// --- Watched files ---

TEST_CASE("a burst of changes restarts a worker once, after EOF", "[supervisor]") {
    TempDirectory directory;
    WorkerSpec spec = spec_named("a");
    spec.watch = {directory.path()};
    std::atomic<int> stops_seen{0};
    Rig rig({spec});
    rig.host.script("a", [&](Run& run) {
        run.publish();
        stops_seen += run.wait_for_stop();
        return good_run();
    });
    CHECK(rig.start_and_wait(rig.worker("a")) == WaitResult::ready);
    for (int i = 0; i < 20; ++i) {
        directory.write("file-" + std::to_string(i), "x");
    }
    REQUIRE(rig.host.lines().wait_for({"event=started run=2 "}));
    CHECK(stops_seen == 1);
    CHECK(rig.host.threads_made == 1);
    // Were there more to come from this burst, they would come before those of a second.
    directory.write("later", "x");
    REQUIRE(rig.host.lines().wait_for({"event=started run=3 "}));
    CHECK(eventually([&] { return rig.host.runs == 3; }));
    CHECK(stops_seen == 2);
}

TEST_CASE("a file that changes at each run cannot make it spin, and the log names it", "[supervisor]") {
    TempDirectory directory;
    const std::string cache = directory.write("cache", "0");
    WorkerSpec spec = limited("a", 1);
    spec.watch = {directory.path()};
    Times times;
    Rig rig({spec});
    rig.host.script("a", [&](Run& run) {
        times.note(times.began);
        run.publish();
        if (run.number < 5) {
            directory.write("cache", std::to_string(run.number));
        }
        run.wait_for_stop();
        times.note(times.ended);
        return good_run();
    });
    Worker& a = rig.worker("a");
    CHECK(rig.start_and_wait(a) == WaitResult::ready);
    REQUIRE(rig.host.lines().wait_for({"event=started run=5 "}));
    CHECK(times.gap_after(0) >= 0.089);
    CHECK(times.gap_after(1) >= 0.179);
    CHECK(times.gap_after(2) >= 0.359);
    CHECK(times.gap_after(3) >= 0.719);
    CHECK(rig.host.lines().count({"level=notice worker=a event=changed file=" + generic(cache) + " "}) == 4);
    CHECK(a.facts().consecutive_failures == 0);
}

TEST_CASE("a file that changes at each crash does not shorten the backoff", "[supervisor]") {
    TempDirectory directory;
    WorkerSpec spec = limited("a", -1);
    spec.watch = {directory.path()};
    Times times;
    Rig rig({spec});
    rig.host.script("a", [&](Run& run) {
        times.note(times.began);
        if (run.number == 6) {
            run.publish();
            run.wait_for_stop();
            return good_run();
        }
        directory.write("crash", std::to_string(run.number));
        times.note(times.ended);
        return crash();
    });
    CHECK(rig.start_and_wait(rig.worker("a")) == WaitResult::ready);
    CHECK(times.gap_after(3) >= 0.719);
    CHECK(times.gap_after(4) >= 1.439);
}

TEST_CASE("the log in a watched directory restarts nothing", "[supervisor]") {
    TempDirectory directory;
    WorkerSpec spec = spec_named("a");
    spec.watch = {directory.path()};
    spec.ini = {{"error_log", directory.at("own.log")}};
    Rig rig({spec});
    rig.host.lines().path = directory.at("php.log");
    Worker& a = rig.worker("a");
    CHECK(rig.start_and_wait(a) == WaitResult::ready);
    for (const char* log : {"php.log", "php.log.1", "own.log"}) {
        directory.write(log, "a line");
    }
    std::this_thread::sleep_for(milliseconds(500));
    directory.write("real", "x");
    REQUIRE(rig.host.lines().wait_for({"event=started run=2 "}));
    CHECK(rig.host.lines().count({"event=changed"}) == 1);
    CHECK(rig.host.lines().count({"event=changed file=" + generic(directory.at("real")) + " "}) == 1);
}

TEST_CASE("a changed file gives a failed worker a new attempt at once", "[supervisor]") {
    TempDirectory directory;
    WorkerSpec spec = limited("a", 1);
    spec.watch = {directory.path()};
    Rig rig({spec});
    rig.host.script("a", [](Run& run) {
        if (run.number == 1) {
            return crash();
        }
        run.publish();
        run.wait_for_stop();
        return good_run();
    });
    Worker& a = rig.worker("a");
    CHECK(rig.start_and_wait(a) == WaitResult::given_up);
    REQUIRE(rig.wait_for_state(a, WorkerState::failed));
    directory.write("fixed.php", "x");
    CHECK(eventually([&] { return a.slot().version() != 0; }));
    CHECK(rig.wait_for_state(a, WorkerState::running));
}

// --- Held workers ---

TEST_CASE("a held worker ends its run and has no other before it is resumed", "[supervisor]") {
    Rig rig({spec_named("a")});
    Worker& a = rig.worker("a");
    Instance& instance = *a.instances()[0];
    CHECK(rig.start_and_wait(a) == WaitResult::ready);
    instance.post(Instance::mail_hold);
    REQUIRE(rig.wait_for_state(a, WorkerState::backoff));
    std::this_thread::sleep_for(milliseconds(30));
    CHECK(rig.host.runs == 1);
    instance.post(Instance::mail_resume);
    CHECK(rig.host.lines().wait_for({"event=started run=2 "}));
    CHECK(rig.shutdown().empty());
}

TEST_CASE("of several holds and resumptions that are read at once the last one counts", "[supervisor]") {
    Rig rig({spec_named("a")});
    Instance& instance = *rig.worker("a").instances()[0];
    instance.post(Instance::mail_hold);
    instance.post(Instance::mail_resume);
    CHECK(instance.take_mail() == (Instance::mail_hold | Instance::mail_resume));  // ends the run, and starts anew
    instance.post(Instance::mail_resume);
    instance.post(Instance::mail_hold);
    CHECK(instance.take_mail() == Instance::mail_hold);
}

TEST_CASE("a changed file does not start a held worker, but its resumption does", "[supervisor]") {
    TempDirectory directory;
    WorkerSpec spec = spec_named("held");
    spec.watch = {directory.path()};
    WorkerSpec witness = spec_named("witness");
    witness.watch = spec.watch;
    Rig rig({spec, witness});
    Worker& held = rig.worker("held");
    CHECK(rig.start_and_wait(held) == WaitResult::ready);
    held.instances()[0]->post(Instance::mail_hold);
    REQUIRE(rig.wait_for_state(held, WorkerState::backoff));
    CHECK(rig.start_and_wait(rig.worker("witness")) == WaitResult::ready);
    directory.write("changed", "x");
    REQUIRE(rig.host.lines().wait_for({"worker=witness event=started run=2 "}));
    CHECK(rig.host.lines().count({"worker=held event=started"}) == 1);
    held.instances()[0]->post(Instance::mail_resume);
    CHECK(rig.host.lines().wait_for({"worker=held event=started run=2 "}));
}

TEST_CASE("neither a restart nor an attempt begins a run of a held worker that has given up", "[supervisor]") {
    WorkerSpec spec = spec_named("failed");
    spec.max_consecutive_failures = 1;
    Rig rig({spec});
    rig.host.script("failed", [](Run& run) { return run.number == 1 ? crash() : good_run(); });
    Worker& failed = rig.worker("failed");
    REQUIRE(rig.start(failed).ok());
    REQUIRE(rig.wait_for_state(failed, WorkerState::failed));
    failed.instances()[0]->post(Instance::mail_hold);
    CHECK(failed.request_restart());
    REQUIRE(rig.host.lines().wait_for({"worker=failed event=restart"}));
    std::this_thread::sleep_for(std::chrono::milliseconds(500));  // the pace of one bad run is 100 ms
    CHECK(failed.facts().runs == 1);
    failed.instances()[0]->post(Instance::mail_resume);
    CHECK(rig.host.lines().wait_for({"worker=failed event=started run=2 "}));
}
