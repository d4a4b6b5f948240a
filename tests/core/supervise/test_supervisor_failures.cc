// What the system refuses: threads, descriptors, the loop itself. Each is an error to who asked, nothing is lost, and a
// later try works.
#include <catch2/catch_test_macros.hpp>

#include <cstdlib>

#include "support/fake_host.h"

using namespace bgworkers;
using namespace bgworkers::test;

namespace {

WorkerSpec limited(const std::string& name, int max_failures) {
    WorkerSpec spec = spec_named(name);
    spec.max_consecutive_failures = max_failures;
    return spec;
}

}  // namespace

TEST_CASE("a thread that cannot be made is told to the waiter; the next try works", "[supervisor]") {
    Rig rig({spec_named("a")});
    Worker& a = rig.worker("a");
    rig.host.refuse_threads(1);
    CHECK(rig.start_and_wait(a) == WaitResult::launch_failed);
    CHECK(a.facts().last_error == "cannot create a thread: resource temporarily unavailable");
    CHECK_FALSE(a.facts().last_exit_status);
    CHECK(rig.host.lines().count({"level=warning", "event=launch_failed",
                                  "error=\"cannot create a thread: resource temporarily unavailable\""}) == 1);
    CHECK(rig.start_and_wait(a) == WaitResult::ready);
    CHECK(rig.host.threads_made == 1);
    CHECK(a.facts().runs == 2);
}

TEST_CASE("threads that cannot be made many times over are paced, and given up at the limit", "[supervisor]") {
    Rig rig({limited("patient", -1), limited("strict", 3), limited("strictest", 1)});
    SECTION("patient") {
        rig.host.refuse_threads(3);
        REQUIRE(rig.start(rig.worker("patient")).ok());
        CHECK(eventually([&] { return rig.worker("patient").slot().version() != 0; }));
        CHECK(rig.host.lines().count({"worker=patient event=launch_failed"}) == 3);
        CHECK(rig.worker("patient").facts().runs == 4);
    }
    SECTION("strict") {
        rig.host.refuse_threads(100);
        Worker& strict = rig.worker("strict");
        REQUIRE(rig.start(strict).ok());
        REQUIRE(rig.wait_for_state(strict, WorkerState::failed));
        CHECK(strict.slot().waiters().wait(Clock::now(), strict.slot().waiters().launch_failures()) ==
              WaitResult::given_up);
        CHECK(rig.host.lines().count({"worker=strict event=launch_failed"}) == 3);
        CHECK(rig.host.lines().count({"worker=strict event=failed failures=3"}) == 1);
    }
    SECTION("strictest") {
        rig.host.refuse_threads(1);
        Worker& strictest = rig.worker("strictest");
        REQUIRE(rig.start(strictest).ok());
        REQUIRE(rig.wait_for_state(strictest, WorkerState::failed));
        CHECK(strictest.facts().runs == 1);
    }
}

TEST_CASE("a launch that fails leaves no descriptor", "[supervisor]") {
    const size_t descriptors = open_descriptors();
    {
        Rig rig({limited("a", -1)});
        rig.host.refuse_threads(3);
        REQUIRE(rig.start(rig.worker("a")).ok());
        CHECK(eventually([&] { return rig.worker("a").slot().version() != 0; }));
    }
    CHECK(open_descriptors() == descriptors);
}

#ifndef _WIN32
TEST_CASE("descriptors that run out at a start are told to the waiter; the next try works", "[supervisor]") {
    Rig rig({spec_named("first"), spec_named("a")});
    CHECK(rig.start_and_wait(rig.worker("first")) == WaitResult::ready);  // the loop has what it needs
    Worker& a = rig.worker("a");
    {
        FewDescriptors limit;
        CHECK(rig.start_and_wait(a) == WaitResult::launch_failed);
    }
    CHECK(a.facts().last_error.find("cannot create the stop channel: ") == 0);
    CHECK(eventually([&] { return a.slot().version() != 0; }));
}

TEST_CASE("descriptors that run out between two runs pace the next one", "[supervisor]") {
    Gate end_first;
    Rig rig({limited("a", -1)});
    rig.host.script("a", [&](Run& run) {
        if (run.number == 1) {
            end_first.wait();
            return crash();
        }
        run.publish();
        run.wait_for_stop();
        return good_run();
    });
    Worker& a = rig.worker("a");
    REQUIRE(rig.start(a).ok());
    REQUIRE(rig.wait_for_state(a, WorkerState::running));
    std::vector<int> taken;
    {
        FewDescriptors limit;
        end_first.open();
        REQUIRE(rig.wait_for_state(a, WorkerState::backoff));
        // A greedy host takes the two that the run gave back.
        for (int fd; (fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)) >= 0;) {
            taken.push_back(fd);
        }
        CHECK(rig.host.lines().wait_for({"event=launch_failed"}, 2));
    }
    for (int fd : taken) {
        close(fd);
    }
    CHECK(taken.size() == 2);
    CHECK(eventually([&] { return a.slot().version() != 0; }));
}

TEST_CASE("a loop that cannot start is an error; a later try works", "[supervisor]") {
    // Each number of descriptors that is left fails at another step of libuv's.
    for (int left = 0; left < 12; ++left) {
        INFO(left << " left");
        const size_t descriptors = open_descriptors();
        const size_t threads = running_threads();
        Rig rig({spec_named("a")});
        Status status;
        {
            FewDescriptors limit(left);
            status = rig.supervisor.start();
        }
        if (!status.ok()) {
            CHECK(status.message().find("cannot start the supervisor of background workers: ") == 0);
            CHECK_FALSE(rig.supervisor.running());
            CHECK(open_descriptors() == descriptors);
            CHECK(running_threads() <= threads);
        }
        CHECK(rig.start_and_wait(rig.worker("a")) == WaitResult::ready);
        if (left == 0) {
            CHECK_FALSE(status.ok());
        }
    }
}

// libuv makes a pipe for signals once a process, and aborts where it cannot. So each try is a process of its own.
TEST_CASE("descriptors that are out when libuv is first used do not end the process", "[supervisor]") {
    for (int left = 0; left < 12; ++left) {
        INFO(left << " left");
        setenv("BGWORKERS_TEST_LEFT", std::to_string(left).c_str(), 1);
        const pid_t child = fork();
        if (child == 0) {
            execl("/proc/self/exe", "core_tests", "[.first_start]", "--out", "/dev/null", nullptr);
            _exit(127);
        }
        int status = -1;
        waitpid(child, &status, 0);
        CHECK(ended_with(status, 0));
    }
    unsetenv("BGWORKERS_TEST_LEFT");
}

TEST_CASE("the first start of a process with few descriptors left", "[.first_start]") {
    const char* left = getenv("BGWORKERS_TEST_LEFT");
    REQUIRE(left != nullptr);
    Rig rig({spec_named("a")});
    {
        FewDescriptors limit(std::atoi(left));
        (void)rig.supervisor.start();
    }
    CHECK(rig.start_and_wait(rig.worker("a")) == WaitResult::ready);
}

TEST_CASE("a loop's thread that cannot be made is an error; a later try works", "[supervisor]") {
    if (kUnderSanitizer) {
        SKIP("needs a limit of address space, and threads in a forked child");
    }
    const int status = in_child([] {
        Rig rig({spec_named("a")});
        rlimit before;
        getrlimit(RLIMIT_AS, &before);
        rlimit tiny = before;
        tiny.rlim_cur = 4096;  // nothing more can be mapped, so no stack
        setrlimit(RLIMIT_AS, &tiny);
        // Until the stacks are used up that the C library keeps of earlier threads.
        pthread_t idle;
        pthread_attr_t as_the_loop;
        pthread_attr_init(&as_the_loop);
        pthread_attr_setstacksize(&as_the_loop, 1024 * 1024);
        const auto sleeper = [](void*) -> void* { return pause(), nullptr; };
        while (pthread_create(&idle, &as_the_loop, sleeper, nullptr) == 0) {
        }
        const Status status = rig.supervisor.start();
        setrlimit(RLIMIT_AS, &before);
        if (status.ok()) {
            return 1;
        }
        if (rig.supervisor.running() || rig.start_and_wait(rig.worker("a")) != WaitResult::ready) {
            return 2;
        }
        return rig.shutdown().empty() ? 0 : 3;
    });
    CHECK(ended_with(status, 0));
}
#endif

// --- The log of a crash that comes again and again ---

TEST_CASE("the same crash, run after run, is told once at level warning, and how often it came when another comes",
          "[supervisor]") {
    Rig rig({limited("a", -1)});
    rig.host.script("a", [&](Run& run) {
        if (run.number <= 4) {
            return crash();
        }
        if (run.number <= 5) {
            return crash(1, "Error: another");
        }
        run.publish();
        run.wait_for_stop();
        return good_run();
    });
    REQUIRE(rig.start_and_wait(rig.worker("a")) == WaitResult::ready);
    const RecordingLog& log = rig.host.lines();
    CHECK(log.count({"level=warning worker=a event=exited status=255 "}) == 1);
    CHECK(log.count({"level=debug worker=a event=exited status=255 "}) == 3);
    CHECK(log.count({"level=warning worker=a event=exited status=1 ", "more=3 "}) == 1);
    // The runs between them are not told either.
    CHECK(log.count({"level=notice worker=a event=started run=1 "}) == 1);
    CHECK(log.count({"level=notice worker=a event=started run=2 "}) == 1);
    CHECK(log.count({"level=debug worker=a event=started"}) == 3);
    CHECK(log.count({"level=notice worker=a event=started run=6 "}) == 1);
    CHECK(rig.worker("a").facts().crashes == 5);
}

TEST_CASE("crashes that somebody asked for, and crashes with a clean run between, are all told", "[supervisor]") {
    Rig rig({limited("a", -1)});
    rig.host.script("a", [&](Run& run) {
        if (run.number == 2) {
            return good_run();
        }
        if (run.number <= 3) {
            return crash();
        }
        run.publish();
        run.wait_for_stop();
        return crash();
    });
    Worker& a = rig.worker("a");
    REQUIRE(rig.start_and_wait(a) == WaitResult::ready);
    CHECK(rig.host.lines().count({"level=warning worker=a event=exited status=255 "}) == 2);
    a.request_restart();
    REQUIRE(rig.host.lines().wait_for({"event=started run=5 "}));
    CHECK(rig.host.lines().count({"level=debug"}) == 0);
}

TEST_CASE("a worker whose runs publish and return is told so, once in a row", "[supervisor]") {
    Rig rig({spec_named("returns"), spec_named("crashes"), spec_named("lives")});
    rig.host.script("returns", [](Run& run) {
        run.publish();
        RunReport report = good_run();
        report.summary.lived = 0.01;
        return report;
    });
    rig.host.script("crashes", [](Run& run) {
        run.publish();
        RunReport report = crash();
        report.summary.published = true;
        report.summary.lived = 0.01;
        return report;
    });
    rig.host.script("lives", [](Run& run) {
        run.publish();
        if (run.number > 20) {
            run.wait_for_stop();
        }
        return good_run();
    });
    for (const char* name : {"returns", "crashes", "lives"}) {
        REQUIRE(rig.start(rig.worker(name)).ok());
    }
    REQUIRE(rig.host.lines().wait_for({"worker=returns event=exited"}, 5));
    REQUIRE(rig.host.lines().wait_for({"worker=lives event=started"}, 20));
    CHECK(rig.host.lines().count({"level=warning worker=returns event=returns_at_once", "job (every"}) == 1);
    CHECK(rig.host.lines().count({"event=returns_at_once"}) == 1);
}
