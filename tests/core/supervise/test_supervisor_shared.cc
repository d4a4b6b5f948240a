#ifdef __linux__

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "pool/pool_support.h"
#include "support/fake_host.h"
#include "support/plain_form.h"

using namespace bgworkers;
using namespace bgworkers::test;

namespace {

std::unique_ptr<Reservation> reserve() {
    Result<std::unique_ptr<Reservation>> made = Reservation::make(small_pool());
    REQUIRE(made.ok());
    return std::move(made.value());
}

#define SKIP_UNDER_TSAN \
    if (kUnderThreadSanitizer) { \
        SKIP("ThreadSanitizer does not follow processes"); \
    }

struct Notes {
    std::atomic<int> runs{0};
    std::atomic<int> pid{0};  // of the last run
};

WorkerSpec shared_spec(const std::string& name, int most_failures = 6) {
    WorkerSpec spec = spec_named(name);
    spec.shared = true;
    spec.max_consecutive_failures = most_failures;
    return spec;
}

// The first word of its newest snapshot; 0: there is none.
uint64_t value_of(Worker& worker) {
    Snapshot* const pinned = worker.slot().pin_current();
    const uint64_t value = pinned == nullptr ? 0 : words_of(pinned)[0];
    if (pinned != nullptr) {
        pinned->unpin();
    }
    return value;
}

// What a process of a server does: all its requests can.
struct Server {
    Server(Reservation& reservation, WorkerSpec spec) : rig(make(reservation, std::move(spec))) {}

    std::unique_ptr<Rig> make(Reservation& reservation, WorkerSpec spec) {
        static_cast<void>(reservation.choose(0));
        memory = SharedMemory::enter(reservation, kPlainForm).value();
        return std::make_unique<Rig>(std::vector<WorkerSpec>{std::move(spec)}, 64, 5,
                                     std::move(SharedScope::join(memory, "scope").value()));
    }
    Worker& worker() { return rig->worker("flags"); }
    WaitResult wait() { return rig->start_and_wait(worker()); }
    // It has joined, and looks from now on.
    bool looks() {
        const bool started = rig->supervisor.start().ok();
        rig->loop.wake();
        return started;
    }
    uint64_t value() { return value_of(worker()); }
    // Until the facts are so.
    template <typename Are>
    bool facts(Are are) {
        return eventually([&] { return are(worker().facts()); });
    }

    // A broken process has written over what leads to the worker's data.
    void spoil() {
        const uint32_t block = block_in(worker().slot().word().load());
        memory->region().set_slice_writable(0, true);
        memory->region().slice(0).blocks[block].place.store(place_of(uint64_t{1} << 31, 1));
        memory->region().set_slice_writable(0, rig->scope.shared()->leads());
    }
    // What a reader does that finds it so.
    bool finds_it_spoilt() {
        const char* why = nullptr;
        return worker().slot().pin_current(&why) == nullptr && why == SharedMemory::kSpoilt &&
               rig->registry.leave_shared(rig->scope);
    }

    std::shared_ptr<SharedMemory> memory;
    std::unique_ptr<Rig> rig;
};

// A process that serves: the worker's script notes its runs, publishes the process's number and stays.
Script staying(Notes& notes) {
    return [&notes](Run& run) {
        ++notes.runs;
        notes.pid = ::getpid();
        run.publish(static_cast<uint64_t>(::getpid()));
        run.wait_for_stop();
        return good_run();
    };
}

// Checks are made in the parent alone: a child says what went wrong by the line's number.
#define EXPECT(what) \
    if (!(what)) { \
        return __LINE__ % 250; \
    }

// Leads and runs the worker until the parent lets it go.
int lead(Reservation& reservation, Notes& notes, const Child::Line& line) {
    Server server(reservation, shared_spec("flags"));
    server.rig->host.script("flags", staying(notes));
    EXPECT(server.wait() == WaitResult::ready);
    line.say();
    line.hear();
    return 0;
}

}  // namespace

TEST_CASE("one process runs a shared worker for all", "[shared][supervisor]") {
    SKIP_UNDER_TSAN
    auto reservation = reserve();
    Common<Notes> notes;
    Child leader([&](const Child::Line& line) { return lead(*reservation, *notes, line); });
    REQUIRE(leader.wait_until_said());
    Child other([&](const Child::Line&) {
        Server server(*reservation, shared_spec("flags"));
        server.rig->host.script("flags", staying(*notes));
        EXPECT(server.wait() == WaitResult::ready);
        EXPECT(server.value() == static_cast<uint64_t>(leader.pid()));
        const WorkerFacts facts = server.worker().facts();
        EXPECT(facts.shared && facts.leader == static_cast<uint32_t>(leader.pid()));
        EXPECT(facts.runs == 1 && facts.state == WorkerState::running && facts.took_over == 0);
        EXPECT(server.rig->host.runs == 0);
        return 0;
    });
    CHECK(other.wait() == 0);
    leader.let_go();
    CHECK(leader.wait() == 0);
    CHECK(notes->runs == 1);
}

TEST_CASE("the start that one process wants is made by the one that leads", "[shared][supervisor]") {
    SKIP_UNDER_TSAN
    auto reservation = reserve();
    Common<Notes> notes;
    Child leader([&](const Child::Line& line) {
        Server server(*reservation, shared_spec("flags"));
        server.rig->host.script("flags", staying(*notes));
        EXPECT(server.looks());
        EXPECT(eventually([&] { return server.rig->scope.shared()->leads(); }));
        line.say();
        line.hear();
        return 0;
    });
    REQUIRE(leader.wait_until_said());
    Child other([&](const Child::Line&) {
        Server server(*reservation, shared_spec("flags"));
        EXPECT(server.wait() == WaitResult::ready);
        EXPECT(server.value() == static_cast<uint64_t>(leader.pid()));
        return 0;
    });
    CHECK(other.wait() == 0);
    leader.let_go();
    CHECK(leader.wait() == 0);
}

TEST_CASE("a killed leader has crashed its run, and another goes on", "[shared][supervisor]") {
    SKIP_UNDER_TSAN
    auto reservation = reserve();
    Common<Notes> notes;
    Child leader([&](const Child::Line& line) { return lead(*reservation, *notes, line); });
    REQUIRE(leader.wait_until_said());
    Child other([&](const Child::Line& line) {
        Server server(*reservation, shared_spec("flags"));
        server.rig->host.script("flags", staying(*notes));
        EXPECT(server.wait() == WaitResult::ready);
        line.say();
        EXPECT(server.facts([](const WorkerFacts& facts) { return facts.took_over == 1 && facts.runs == 2; }));
        EXPECT(eventually([&] { return server.value() == static_cast<uint64_t>(::getpid()); }));
        const WorkerFacts facts = server.worker().facts();
        EXPECT(facts.crashes == 1 && facts.last_error == "the process that ran it has died");
        EXPECT(server.worker().slot().facts().version == 2);
        EXPECT(server.rig->host.lines().count({"event=took_over", "after="}) == 1);
        return 0;
    });
    REQUIRE(other.wait_until_said());
    leader.kill_it();
    CHECK(other.wait() == 0);
    CHECK(notes->runs == 2);
}

TEST_CASE("a run may end just when its process was taken for dead", "[shared][supervisor]") {
    SKIP_UNDER_TSAN
    auto reservation = reserve();
    Child leader([&](const Child::Line&) {
        Server server(*reservation, shared_spec("flags"));
        std::atomic<bool> ends{false};
        server.rig->host.script("flags", [&](Run& run) {
            run.publish(1);
            return eventually([&] { return ends.load(); }) ? good_run() : silent_run(1);
        });
        EXPECT(server.wait() == WaitResult::ready);
        server.memory->region().scopes().rows[0].leader.store(UINT64_MAX);
        ends = true;
        EXPECT(server.rig->host.lines().wait_for({"event=exited"}));
        EXPECT(server.rig->host.lines().wait_for({"event=stepped_down"}));
        return 0;
    });
    CHECK(leader.wait() == 0);
}

TEST_CASE("a process that finds the memory spoilt has a worker of its own, and others go on", "[shared][supervisor]") {
    SKIP_UNDER_TSAN
    auto reservation = reserve();
    Common<Notes> notes;
    Child leader([&](const Child::Line& line) {
        Server server(*reservation, shared_spec("flags"));
        server.rig->host.script("flags", staying(*notes));
        EXPECT(server.wait() == WaitResult::ready);
        EXPECT(server.value() == static_cast<uint64_t>(::getpid()));
        line.say();
        line.hear();
        // What it holds is good: nothing was published since.
        EXPECT(server.value() == static_cast<uint64_t>(::getpid()));
        EXPECT(server.worker().facts().shared && server.worker().facts().runs == 1);
        return 0;
    });
    REQUIRE(leader.wait_until_said());
    Child other([&](const Child::Line&) {
        Server server(*reservation, shared_spec("flags"));
        server.rig->host.script("flags", staying(*notes));
        EXPECT(server.wait() == WaitResult::ready);
        server.spoil();
        EXPECT(server.finds_it_spoilt());
        EXPECT(server.rig->scope.shared() == nullptr);
        EXPECT(server.wait() == WaitResult::ready);
        EXPECT(server.value() == static_cast<uint64_t>(::getpid()));
        const WorkerFacts facts = server.worker().facts();
        EXPECT(!facts.shared && facts.runs == 1 && facts.state == WorkerState::running);
        EXPECT(eventually([&] {
            return server.rig->host.lines().count({"event=shared_unavailable", "the shared memory is spoilt"}) == 1;
        }));
        return 0;
    });
    CHECK(other.wait() == 0);
    leader.let_go();
    CHECK(leader.wait() == 0);
    CHECK(notes->runs == 2);
}

TEST_CASE("what a process only reads has a worker there, too, once the memory is spoilt", "[shared][supervisor]") {
    SKIP_UNDER_TSAN
    const bool asks_later = GENERATE(false, true);
    auto reservation = reserve();
    Common<Notes> notes;
    Child leader([&](const Child::Line& line) { return lead(*reservation, *notes, line); });
    REQUIRE(leader.wait_until_said());
    Child other([&](const Child::Line&) {
        Server server(*reservation, shared_spec("flags"));
        server.rig->host.script("flags", staying(*notes));
        EXPECT(server.looks());
        // It was ready when this process came, so nothing here has asked for its start.
        Registry& registry = server.rig->registry;
        Worker* worker = asks_later ? registry.known(server.rig->scope, "flags").value() : &server.worker();
        EXPECT(value_of(*worker) == static_cast<uint64_t>(leader.pid()));
        server.spoil();
        EXPECT(registry.leave_shared(server.rig->scope));
        EXPECT(value_of(*worker) == static_cast<uint64_t>(leader.pid()));
        EXPECT(server.worker().slot().version() != 0);
        EXPECT(eventually([&] { return value_of(*worker) == static_cast<uint64_t>(::getpid()); }));
        return 0;
    });
    CHECK(other.wait() == 0);
    leader.let_go();
    CHECK(leader.wait() == 0);
}

TEST_CASE("a leader that finds the memory spoilt goes on with its runs, and anew where their data are lost",
          "[shared][supervisor]") {
    SKIP_UNDER_TSAN
    const bool lost = GENERATE(false, true);
    auto reservation = reserve();
    Common<Notes> notes;
    Child leader([&](const Child::Line&) {
        Server server(*reservation, shared_spec("flags"));
        server.rig->host.script("flags", staying(*notes));
        EXPECT(server.wait() == WaitResult::ready);
        EXPECT(eventually([&] { return server.rig->scope.shared()->leads() && server.worker().facts().runs == 1; }));
        if (lost) {
            EXPECT(eventually([&] { return server.worker().shared()->kept().worked_at != 0; }));
            server.spoil();
            EXPECT(server.finds_it_spoilt());
        } else {
            EXPECT(server.value() == static_cast<uint64_t>(::getpid()));  // so it holds it
            server.spoil();
            EXPECT(server.rig->registry.leave_shared(server.rig->scope));
            EXPECT(server.worker().slot().version() != 0);
            EXPECT(server.value() == static_cast<uint64_t>(::getpid()));
        }
        EXPECT(server.wait() == WaitResult::ready);
        EXPECT(server.value() == static_cast<uint64_t>(::getpid()));
        EXPECT(server.worker().facts().runs == (lost ? 2u : 1u));
        return 0;
    });
    CHECK(leader.wait() == 0);
    CHECK(notes->runs == (lost ? 2 : 1));
}

TEST_CASE("what an heir starts anew has not crashed with its predecessor", "[shared][supervisor]") {
    SKIP_UNDER_TSAN
    auto reservation = reserve();
    Common<Notes> notes;
    WorkerSpec pool = shared_spec("flags");
    pool.num = 2;
    Child leader([&](const Child::Line& line) {
        Server server(*reservation, pool);
        EXPECT(server.looks());
        EXPECT(eventually([&] { return server.rig->scope.shared()->leads(); }));
        line.say();
        line.hear();
        return 0;
    });
    REQUIRE(leader.wait_until_said());
    Child heir([&](const Child::Line& line) {
        Server server(*reservation, pool);
        server.rig->host.script("flags", staying(*notes));
        EXPECT(server.looks());
        line.say();
        EXPECT(server.rig->host.lines().wait_for({"event=took_over"}));
        EXPECT(server.wait() == WaitResult::ready);
        EXPECT(server.facts([](const WorkerFacts& facts) { return facts.runs == 2; }));
        EXPECT(server.worker().shared()->kept().bad_runs == 0);
        EXPECT(server.worker().facts().crashes == 0 && server.worker().facts().consecutive_failures == 0);
        return 0;
    });
    REQUIRE(heir.wait_until_said());
    leader.kill_it();
    CHECK(heir.wait() == 0);
}

TEST_CASE("a worker that kills its process gives up after so many processes", "[shared][supervisor]") {
    SKIP_UNDER_TSAN
    auto reservation = reserve();
    Common<Notes> notes;
    const auto serve = [&](const Child::Line& line) {
        Server server(*reservation, shared_spec("flags", 2));
        server.rig->host.script("flags", [&](Run&) {
            ++notes->runs;
            ::kill(::getpid(), SIGKILL);
            return good_run();
        });
        const WaitResult result = server.wait();
        line.say();
        EXPECT(result == WaitResult::given_up);
        const WorkerFacts facts = server.worker().facts();
        EXPECT(facts.state == WorkerState::failed && facts.crashes == 2 && facts.consecutive_failures == 2);
        line.hear();
        return 0;
    };
    Child children[] = {Child(serve), Child(serve), Child(serve), Child(serve)};
    std::vector<Child*> living;
    for (Child& child : children) {
        if (child.wait_until_said()) {
            living.push_back(&child);
        }
    }
    CHECK(living.size() == 2);
    CHECK(notes->runs == 2);
    for (Child* child : living) {
        child->let_go();
        CHECK(child->wait() == 0);
    }
}

TEST_CASE("a leader that ends in order hands over, and nothing has crashed", "[shared][supervisor]") {
    SKIP_UNDER_TSAN
    auto reservation = reserve();
    Common<Notes> notes;
    Child leader([&](const Child::Line& line) {
        Server server(*reservation, shared_spec("flags"));
        server.rig->host.script("flags", staying(*notes));
        EXPECT(server.wait() == WaitResult::ready);
        line.say();
        line.hear();
        server.rig->shutdown();
        EXPECT(server.rig->host.lines().count({"event=handed_over"}) == 1);
        return 0;
    });
    REQUIRE(leader.wait_until_said());
    Child other([&](const Child::Line& line) {
        Server server(*reservation, shared_spec("flags"));
        server.rig->host.script("flags", staying(*notes));
        EXPECT(server.wait() == WaitResult::ready);
        line.say();
        EXPECT(eventually([&] { return server.value() == static_cast<uint64_t>(::getpid()); }));
        const WorkerFacts facts = server.worker().facts();
        EXPECT(facts.crashes == 0 && facts.runs == 2 && facts.took_over == 1);
        EXPECT(server.rig->host.lines().count({"event=leading"}) == 1);
        return 0;
    });
    REQUIRE(other.wait_until_said());
    leader.let_go();
    CHECK(leader.wait() == 0);
    CHECK(other.wait() == 0);
}

TEST_CASE("a restart that one process wants is made by the one that leads", "[shared][supervisor]") {
    SKIP_UNDER_TSAN
    auto reservation = reserve();
    Common<Notes> notes;
    Child leader([&](const Child::Line& line) { return lead(*reservation, *notes, line); });
    REQUIRE(leader.wait_until_said());
    Child other([&](const Child::Line&) {
        Server server(*reservation, shared_spec("flags"));
        EXPECT(server.wait() == WaitResult::ready);
        EXPECT(server.worker().request_restart());
        EXPECT(server.facts([](const WorkerFacts& facts) {
            return facts.runs == 2 && facts.crashes == 0 && facts.state == WorkerState::running;
        }));
        return 0;
    });
    const pid_t led_by = leader.pid();
    CHECK(other.wait() == 0);
    Child third([&](const Child::Line&) {
        Server server(*reservation, shared_spec("flags"));
        // Nothing in this process has asked for it, and nothing looks after the scope yet.
        Worker* const known = server.rig->registry.known(server.rig->scope, "flags").value();
        EXPECT(known != nullptr && known->request_restart());
        EXPECT(server.facts([](const WorkerFacts& facts) { return facts.runs == 3 && facts.crashes == 0; }));
        return 0;
    });
    CHECK(third.wait() == 0);
    leader.let_go();
    CHECK(leader.wait() == 0);
    CHECK(notes->pid == led_by);
}

TEST_CASE("bad news reaches those who wait in other processes", "[shared][supervisor]") {
    SKIP_UNDER_TSAN
    auto reservation = reserve();
    const bool launch_fails = GENERATE(false, true);
    const int most = launch_fails ? 6 : 1;
    Child leader([&](const Child::Line& line) {
        Server server(*reservation, shared_spec("flags", most));
        server.rig->host.script("flags", [](Run&) { return crash(3, "Error: no such host"); });
        server.rig->host.refuse_threads(launch_fails ? 1000 : 0);
        EXPECT(server.looks());
        EXPECT(eventually([&] { return server.rig->scope.shared()->leads(); }));
        line.say();
        line.hear();
        return 0;
    });
    REQUIRE(leader.wait_until_said());
    Child other([&](const Child::Line&) {
        Server server(*reservation, shared_spec("flags", most));
        const WaitResult result = server.wait();
        EXPECT(result == (launch_fails ? WaitResult::launch_failed : WaitResult::given_up));
        const WorkerFacts facts = server.worker().facts();
        EXPECT(launch_fails || facts.last_error == "Error: no such host");
        EXPECT(launch_fails || facts.last_exit_status == 3);
        return 0;
    });
    CHECK(other.wait() == 0);
    leader.let_go();
    CHECK(leader.wait() == 0);
}

TEST_CASE("a job runs once for all processes, also after a hand-over", "[shared][supervisor]") {
    SKIP_UNDER_TSAN
    auto reservation = reserve();
    Common<Notes> notes;
    const auto job = [&](Run& run) {
        ++notes->runs;
        run.publish(7);
        return good_run();
    };
    WorkerSpec spec = shared_spec("flags");
    spec.every = 86400;
    Child leader([&](const Child::Line& line) {
        Server server(*reservation, spec);
        server.rig->host.script("flags", job);
        EXPECT(server.looks());
        EXPECT(eventually([&] { return server.rig->scope.shared()->leads(); }));
        line.say();
        line.hear();
        return 0;
    });
    REQUIRE(leader.wait_until_said());
    Child other([&](const Child::Line& line) {
        Server server(*reservation, spec);
        server.rig->host.script("flags", job);
        EXPECT(server.rig->start(server.worker()).ok());
        server.worker().request_run();  // as a get_vars() that waits
        EXPECT(server.worker().slot().waiters().wait(Clock::now() + kGenerous, 0) == WaitResult::ready);
        line.say();
        EXPECT(server.facts([](const WorkerFacts& facts) {
            return facts.took_over == 1 && facts.state == WorkerState::waiting && facts.next_run;
        }));
        server.worker().request_run();
        EXPECT(server.value() == 7);
        EXPECT(server.worker().facts().runs == 1);
        return 0;
    });
    REQUIRE(other.wait_until_said());
    leader.let_go();
    CHECK(leader.wait() == 0);
    CHECK(other.wait() == 0);
    CHECK(notes->runs == 1);
}

TEST_CASE("of a catch-all a name is run that only another process has asked for", "[shared][supervisor]") {
    SKIP_UNDER_TSAN
    auto reservation = reserve();
    Common<Notes> notes;
    WorkerSpec catch_all;
    catch_all.shared = true;
    Child leader([&](const Child::Line& line) {
        Server server(*reservation, catch_all);
        server.rig->host.script("flags", staying(*notes));
        EXPECT(server.looks());
        EXPECT(eventually([&] { return server.rig->scope.shared()->leads(); }));
        line.say();
        line.hear();
        return 0;
    });
    REQUIRE(leader.wait_until_said());
    Child other([&](const Child::Line&) {
        Server server(*reservation, catch_all);
        EXPECT(server.wait() == WaitResult::ready);
        EXPECT(server.value() == static_cast<uint64_t>(leader.pid()));
        return 0;
    });
    CHECK(other.wait() == 0);
    Child third([&](const Child::Line&) {
        Server server(*reservation, catch_all);
        EXPECT(server.rig->registry.workers(server.rig->scope).size() == 1);
        EXPECT(server.rig->registry.known(server.rig->scope, "flags").value() != nullptr);
        return 0;
    });
    CHECK(third.wait() == 0);
    leader.let_go();
    CHECK(leader.wait() == 0);
}

#endif
