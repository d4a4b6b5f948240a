#ifdef __linux__

#include <catch2/catch_test_macros.hpp>

#include <set>

#include "pool/pool_support.h"
#include "support/fake_host.h"
#include "support/plain_form.h"

using namespace bgworkers;
using namespace bgworkers::test;

namespace {

// A process of a server, as its loop and its requests know it.
struct Told {
    explicit Told(std::vector<WorkerSpec> specs, bool shares = false)
        : reservation(std::move(Reservation::make(small_pool()).value())) {
        REQUIRE(reservation->choose(0).ok());
        memory = SharedMemory::enter(*reservation, kPlainForm).value();
        REQUIRE(memory != nullptr);
        facts.enter(memory, "test");
        rig = std::make_unique<Rig>(std::move(specs), 64, 5,
                                    shares ? std::move(SharedScope::join(memory, "scope").value()) : nullptr, &facts);
    }
    std::vector<ToldFacts> all() { return facts.read(facts.key_of("/nowhere/workers.ini", "", "")); }
    ToldFacts of(const std::string& name) {
        for (ToldFacts& each : all()) {
            if (each.facts.name == name) {
                return each;
            }
        }
        return {};
    }
    template <typename Are>
    bool eventually_told(const std::string& name, Are are) {
        return eventually([&] { return are(of(name).facts.numbers, of(name).facts.error); });
    }

    std::unique_ptr<Reservation> reservation;
    std::shared_ptr<SharedMemory> memory;
    ProcessFacts facts;
    std::unique_ptr<Rig> rig;
};

bool is_in(const FactNumbers& numbers, WorkerState state) { return numbers.state == static_cast<uint64_t>(state); }

double unix_now() { return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count(); }

}  // namespace

TEST_CASE("other processes are told what workers do, also of those that nobody has asked for", "[supervisor][facts]") {
    Gate crash_now;
    Told told({spec_named("flags"), spec_named("rates"), spec_named("idle")});
    told.rig->host.script("flags", [](Run& run) {
        run.publish(7);
        run.wait_for_stop();
        return good_run();
    });
    told.rig->host.script("rates", [&](Run& run) {
        if (run.number == 1) {
            crash_now.wait();
            return crash(3, "Exception: the bank does not answer");
        }
        run.wait_for_stop();
        return good_run();
    });
    REQUIRE(told.rig->start_and_wait(told.rig->worker("flags")) == WaitResult::ready);
    REQUIRE(told.rig->start(told.rig->worker("rates")).ok());
    const double before = unix_now();
    CHECK(told.eventually_told("flags", [](const FactNumbers& numbers, const std::string&) {
        return is_in(numbers, WorkerState::running) && numbers.runs == 1 && numbers.version != 0 && numbers.bytes == 32;
    }));
    CHECK(told.all().size() == 3);
    const FactNumbers flags = told.of("flags").facts.numbers;
    CHECK(std::abs(flags.since - before) < 60);
    CHECK(std::abs(flags.published_at - before) < 60);
    CHECK(flags.publications == 1);
    CHECK(flags.exit_status == 0);
    CHECK(is_in(told.of("idle").facts.numbers, WorkerState::idle));
    CHECK(told.of("idle").facts.numbers.since == 0);
    CHECK(told.of("flags").process == static_cast<uint32_t>(::getpid()));
    CHECK(told.of("flags").resident > 1 << 20);
    CHECK(std::abs(told.of("flags").told_at - before) < 60);

    crash_now.open();
    CHECK(told.eventually_told("rates", [](const FactNumbers& numbers, const std::string& error) {
        return numbers.crashes == 1 && numbers.exit_status == (FactNumbers::kHasExitStatus | 3) &&
               error == "Exception: the bank does not answer";
    }));
    CHECK(told.eventually_told("rates", [](const FactNumbers& numbers, const std::string&) {
        return is_in(numbers, WorkerState::running) && numbers.runs == 2;
    }));
    told.rig->shutdown();
    CHECK(told.all().empty());
}

TEST_CASE("a look that publishes nothing is told", "[supervisor][facts]") {
    Told told({spec_named("pool")});
    REQUIRE(told.rig->start_and_wait(told.rig->worker("pool")) == WaitResult::ready);
    CHECK(
        told.eventually_told("pool", [](const FactNumbers& numbers, const std::string&) { return numbers.sent == 0; }));
    told.rig->worker("pool").slot().note_look();
    CHECK(told.eventually_told("pool", [](const FactNumbers& numbers, const std::string&) {
        return numbers.looked_at >= numbers.published_at && numbers.looked_at > 0;
    }));
}

TEST_CASE("a process in which nothing changes looks every few seconds only", "[supervisor][facts]") {
    Told told({spec_named("flags")});
    REQUIRE(told.rig->start_and_wait(told.rig->worker("flags")) == WaitResult::ready);
    REQUIRE(told.eventually_told("flags",
                                 [](const FactNumbers& numbers, const std::string&) { return numbers.version != 0; }));
    std::set<double> looks;
    for (const auto began = Clock::now(); seconds_since(began) < 6.5;) {
        looks.insert(told.of("flags").told_at);
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    INFO(looks.size() << " looks in 6.5 s");
    CHECK(looks.size() >= 2);
    CHECK(looks.size() <= 4);
}

TEST_CASE("shared workers are told as well, with the ticks that there are", "[supervisor][facts][shared]") {
    WorkerSpec spec = spec_named("flags");
    spec.shared = true;
    Told told({spec}, true);
    told.rig->host.script("flags", [](Run& run) {
        run.publish(7);
        run.wait_for_stop();
        return good_run();
    });
    REQUIRE(told.rig->start_and_wait(told.rig->worker("flags")) == WaitResult::ready);
    CHECK(told.eventually_told("flags", [](const FactNumbers& numbers, const std::string&) {
        return numbers.shared == 1 && numbers.leader == static_cast<uint64_t>(::getpid()) && numbers.runs == 1 &&
               is_in(numbers, WorkerState::running) && numbers.since != 0;
    }));
    // Publications wake nobody.
    const double before = told.of("flags").told_at;
    CHECK(eventually([&] { return told.of("flags").told_at > before + 1.5; }));
    told.rig->shutdown();
    CHECK(told.all().empty());
}
#endif
