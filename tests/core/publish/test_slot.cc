#include "core/publish/slot.h"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <set>

#include "support/support.h"

using namespace bgworkers;
using namespace bgworkers::test;
using std::chrono::milliseconds;

namespace {

// A waiter on a thread of its own.
class Waiter {
public:
    explicit Waiter(Slot& slot, milliseconds limit = kGenerous) {
        const uint32_t failures = slot.waiters().launch_failures();
        thread_.run([this, &slot, failures, limit] {
            const WaitResult result = slot.waiters().wait(Clock::now() + limit, failures);
            woke_ = Clock::now();
            result_ = static_cast<int>(result);
        });
    }
    bool is_waiting() const { return result_ == -1; }
    WaitResult result() {
        thread_.join();
        return static_cast<WaitResult>(result_.load());
    }
    Clock::time_point woke() const { return woke_; }

private:
    std::atomic<int> result_{-1};
    Clock::time_point woke_;
    Threads thread_;
};

}  // namespace

TEST_CASE("a slot is empty until the first publication", "[slot]") {
    Slot slot;
    CHECK(slot.version() == 0);
    CHECK(slot.pin_current() == nullptr);
    const Slot::Facts facts = slot.facts();
    CHECK(facts.version == 0);
    CHECK(facts.bytes == 0);
    CHECK(facts.published_at == 0);
}

TEST_CASE("what was published is what readers pin", "[slot]") {
    const uint64_t before = Snapshot::live_count();
    {
        Slot slot;
        const uint64_t version = publish(slot, 11);
        CHECK(slot.version() == version);
        Snapshot* first = slot.pin_current();
        CHECK(first->version() == version);
        CHECK(words_of(first)[0] == 11);

        const uint64_t newer = publish(slot, 22);
        CHECK(newer > version);
        CHECK(slot.version() == newer);
        CHECK(words_of(first)[0] == 11);  // still pinned
        CHECK(first->version() == version);
        CHECK(Snapshot::live_count() == before + 2);
        first->unpin();
        CHECK(Snapshot::live_count() == before + 1);
        publish(slot, 33);
        CHECK(Snapshot::live_count() == before + 1);
    }
    CHECK(Snapshot::live_count() == before);  // the slot gave its own pin back
}

TEST_CASE("facts tell version, bytes and time of the newest publication", "[slot]") {
    Slot slot;
    const auto now = [] {
        return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    };
    const double before = now();
    slot.publish(make_snapshot(1, 100));
    const uint64_t version = slot.publish(make_snapshot(1, 7));
    const double after = now();
    const Slot::Facts facts = slot.facts();
    CHECK(facts.version == version);
    CHECK(facts.bytes == 7 * sizeof(uint64_t));
    CHECK(facts.published_at >= before);
    CHECK(facts.published_at <= after);
}

TEST_CASE("versions rise in a slot and are never used twice over all slots", "[slot]") {
    constexpr int kSlots = 4;
    constexpr int kEach = 500;
    Slot slots[kSlots];
    std::vector<uint64_t> seen[kSlots];
    {
        Threads threads;
        threads.run(kSlots, [&](int i) {
            for (int n = 0; n < kEach; ++n) {
                seen[i].push_back(publish(slots[i], 1));
            }
        });
    }
    std::set<uint64_t> all;
    for (int i = 0; i < kSlots; ++i) {
        CHECK(std::is_sorted(seen[i].begin(), seen[i].end()));
        CHECK(slots[i].version() == seen[i].back());
        all.insert(seen[i].begin(), seen[i].end());
    }
    CHECK(all.size() == kSlots * kEach);
    CHECK(all.count(0) == 0);
    Slot later;
    CHECK(publish(later, 1) > *all.rbegin());
}

TEST_CASE("several writers on one slot: each publication is whole, its version rises", "[slot]") {
    const uint64_t before = Snapshot::live_count();
    {
        Slot slot;
        std::atomic<int> wrong{0};
        Threads threads;
        threads.run(4, [&](int i) {
            uint64_t last = 0;
            for (int n = 0; n < 300; ++n) {
                const uint64_t version = publish(slot, static_cast<uint64_t>(i));
                wrong += version <= last;
                last = version;
                wrong += slot.version() < version;
            }
        });
        threads.join();
        CHECK(wrong == 0);
        CHECK(slot.facts().version == slot.version());
    }
    CHECK(Snapshot::live_count() == before);
}

TEST_CASE("500 waiters all wake once when something is published", "[slot]") {
    Slot slot;
    constexpr int kWaiters = 500;
    std::atomic<int> waiting{0}, ready{0}, other{0};
    Threads threads;
    threads.run(kWaiters, [&](int) {
        ++waiting;
        const WaitResult result = slot.waiters().wait(Clock::now() + kGenerous, 0);
        ++(result == WaitResult::ready ? ready : other);
    });
    REQUIRE(eventually([&] { return waiting == kWaiters; }));
    CHECK(ready + other == 0);
    publish(slot, 1);
    threads.join();
    CHECK(ready == kWaiters);
    CHECK(other == 0);
}

TEST_CASE("a slot that is ready never lets a reader wait, whatever else is so", "[slot]") {
    Slot slot;
    publish(slot, 1);
    slot.waiters().set_given_up(true);
    slot.waiters().fail_launch();
    slot.waiters().close();
    CHECK(slot.waiters().wait(Clock::now() - std::chrono::hours(1), 0) == WaitResult::ready);
}

TEST_CASE("a wait ends at its deadline, not before", "[slot]") {
    Slot slot;
    const auto began = Clock::now();
    CHECK(slot.waiters().wait(began, 0) == WaitResult::elapsed);  // timeout 0
    CHECK(slot.waiters().wait(began + milliseconds(50), 0) == WaitResult::elapsed);
    CHECK(seconds_since(began) >= 0.05);
}

TEST_CASE("a wait without limit ends with a publication", "[slot]") {
    Slot slot;
    Waiter waiter(slot, std::chrono::duration_cast<milliseconds>(std::chrono::hours(24 * 365 * 30)));
    CHECK(waiter.is_waiting());
    publish(slot, 1);
    CHECK(waiter.result() == WaitResult::ready);
}

TEST_CASE("a worker that has given up tells those who wait and those who come", "[slot]") {
    Slot slot;
    Waiter early(slot);
    slot.waiters().set_given_up(true);
    CHECK(early.result() == WaitResult::given_up);
    CHECK(slot.waiters().wait(Clock::now() + kGenerous, 0) == WaitResult::given_up);
    CHECK(slot.waiters().wait(Clock::now(), 0) == WaitResult::given_up);  // not "elapsed": the cause is known

    SECTION("until it is taken back") {
        slot.waiters().set_given_up(false);
        CHECK(slot.waiters().wait(Clock::now(), 0) == WaitResult::elapsed);
    }
    SECTION("until it publishes after all") {
        publish(slot, 1);
        CHECK(slot.waiters().wait(Clock::now(), 0) == WaitResult::ready);
    }
}

TEST_CASE("a failed launch is told to those who wait, not to those who come later", "[slot]") {
    Slot slot;
    Waiter one(slot), two(slot);
    slot.waiters().fail_launch();
    CHECK(one.result() == WaitResult::launch_failed);
    CHECK(two.result() == WaitResult::launch_failed);
    CHECK(slot.waiters().wait(Clock::now(), slot.waiters().launch_failures()) == WaitResult::elapsed);

    const uint32_t seen = slot.waiters().launch_failures();
    slot.waiters().fail_launch();  // between the start and the wait: not lost
    CHECK(slot.waiters().wait(Clock::now() + kGenerous, seen) == WaitResult::launch_failed);
    CHECK(slot.waiters().launch_failures() == seen + 1);
}

TEST_CASE("a closed slot lets nobody wait, and still takes and hands out snapshots", "[slot]") {
    Slot slot;
    Waiter early(slot);
    slot.waiters().close();
    CHECK(early.result() == WaitResult::closed);
    CHECK(slot.waiters().wait(Clock::now() + kGenerous, 0) == WaitResult::closed);
    slot.waiters().set_given_up(true);
    CHECK(slot.waiters().wait(Clock::now() + kGenerous, 0) == WaitResult::closed);
    publish(slot, 5);
    Snapshot* current = slot.pin_current();
    REQUIRE(current != nullptr);
    CHECK(words_of(current)[0] == 5);
    current->unpin();
}

#ifndef _WIN32
TEST_CASE("the child of a fork reads what was published before it", "[slot]") {
    Slot slot;
    const uint64_t version = publish(slot, 9);
    slot.lock_for_fork();
    const pid_t child = fork();
    if (child == 0) {
        slot.reinitialise();
        Snapshot* current = slot.pin_current();
        const bool right = current != nullptr && words_of(current)[0] == 9 && slot.version() == version &&
                           slot.waiters().wait(Clock::now(), 0) == WaitResult::ready;
        _exit(right ? 0 : 1);
    }
    slot.unlock_after_fork();
    int status = -1;
    waitpid(child, &status, 0);
    CHECK(ended_with(status, 0));
    CHECK(publish(slot, 10) > version);  // the parent's slot works on
}
#endif
