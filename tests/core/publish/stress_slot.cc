// Readers and writers on slots, for a second; BGWORKERS_STRESS_SECONDS makes it longer.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <deque>
#include <random>

#include "core/publish/slot.h"
#include "support/stress.h"

using namespace bgworkers;
using namespace bgworkers::test;

namespace {

constexpr int kSlots = 2;
constexpr size_t kHeld = 5;  // pins that a reader keeps while it reads on

struct Pinned {
    Snapshot* snapshot;
    uint64_t version;
    uint64_t word;
};

// What went wrong, counted from any thread.
struct Faults {
    std::atomic<uint64_t> torn{0}, went_back{0}, changed{0}, missing{0};
    bool none() const { return torn + went_back + changed + missing == 0; }
};

// Until then, and at least kLeast times by all threads together: on a busy machine the time may be over at once.
constexpr uint64_t kLeast = 100;

void write_until(Clock::time_point until, Slot* slots, int seed, std::atomic<uint64_t>& published) {
    std::mt19937 random(static_cast<unsigned>(seed));
    while (Clock::now() < until || published < kLeast) {
        // Some small, from malloc; a few large, from mmap.
        const size_t words =
            random() % 50 == 0 ? Block::kMapThreshold / sizeof(uint64_t) + random() % 1000 : 1 + random() % 200;
        slots[random() % kSlots].publish(make_snapshot(random(), words));
        ++published;
    }
}

void read_until(Clock::time_point until, Slot* slots, int seed, Faults& faults, std::atomic<uint64_t>& reads) {
    std::mt19937 random(static_cast<unsigned>(seed));
    uint64_t newest[kSlots] = {};
    std::deque<Pinned> held;
    const auto check = [&](const Pinned& pinned) {
        faults.torn += !is_whole(pinned.snapshot);
        faults.changed += words_of(pinned.snapshot)[0] != pinned.word || pinned.snapshot->version() != pinned.version;
    };
    while (Clock::now() < until || reads < kLeast) {
        const size_t i = random() % kSlots;
        const uint64_t seen = slots[i].version();
        faults.went_back += seen < newest[i];
        Snapshot* snapshot = slots[i].pin_current();
        if (snapshot == nullptr) {
            faults.missing += seen != 0;
            continue;
        }
        faults.went_back += snapshot->version() < seen;
        newest[i] = snapshot->version();
        held.push_back({snapshot, snapshot->version(), words_of(snapshot)[0]});
        check(held.back());
        if (held.size() > kHeld) {
            const size_t which = random() % held.size();
            check(held[which]);
            held[which].snapshot->unpin();
            held.erase(held.begin() + static_cast<std::ptrdiff_t>(which));
        }
        ++reads;
    }
    for (const Pinned& pinned : held) {
        check(pinned);
        pinned.snapshot->unpin();
    }
}

void check(const Faults& faults) {
    CHECK(faults.torn == 0);
    CHECK(faults.went_back == 0);
    CHECK(faults.changed == 0);
    CHECK(faults.missing == 0);
}

}  // namespace

TEST_CASE("stress: readers and writers: whole snapshots, versions that rise, nothing freed while pinned",
          "[stress][slot]") {
    const uint64_t before = Snapshot::live_count();
    const bool protect = GENERATE(false, true);
    Block::protect_sealed(protect);
    {
        Slot slots[kSlots];
        Faults faults;
        std::atomic<uint64_t> published{0}, reads{0};
        const auto until = stress_end(0.7);
        {
            Threads threads;
            threads.run(2, [&](int i) { write_until(until, slots, i, published); });
            threads.run(4, [&](int i) { read_until(until, slots, 100 + i, faults, reads); });
        }
        check(faults);
        CHECK(Snapshot::live_count() <= before + kSlots);
    }
    Block::protect_sealed(false);
    CHECK(Snapshot::live_count() == before);
}

#ifndef _WIN32
TEST_CASE("stress: forks in between: each child reads whole snapshots", "[stress][slot]") {
    if (kUnderThreadSanitizer) {
        SKIP("ThreadSanitizer does not follow forks of a process with threads");
    }
    const uint64_t before = Snapshot::live_count();
    {
        Slot slots[kSlots];
        for (Slot& slot : slots) {
            slot.publish(make_snapshot(1));
        }
        Faults faults;
        std::atomic<uint64_t> published{0}, reads{0};
        const auto until = stress_end(1);
        Threads threads;
        threads.run(1, [&](int i) { write_until(until, slots, i, published); });
        threads.run(2, [&](int i) { read_until(until, slots, 100 + i, faults, reads); });
        int forks = 0, wrong = 0;
        while (Clock::now() < until || forks < 10) {
            const uint64_t versions[kSlots] = {slots[0].version(), slots[1].version()};
            for (Slot& slot : slots) {
                slot.lock_for_fork();
            }
            const pid_t child = fork();
            if (child == 0) {
                bool right = true;
                for (int i = 0; i < kSlots; ++i) {
                    slots[i].reinitialise();
                    Snapshot* current = slots[i].pin_current();
                    right = right && current != nullptr && is_whole(current) && current->version() >= versions[i] &&
                            current->version() == slots[i].version();
                }
                _exit(right ? 0 : 1);
            }
            for (Slot& slot : slots) {
                slot.unlock_after_fork();
            }
            int status = -1;
            waitpid(child, &status, 0);
            wrong += !ended_with(status, 0);
            ++forks;
        }
        threads.join();
        check(faults);
        CHECK(wrong == 0);
    }
    CHECK(Snapshot::live_count() == before);
}
#endif

TEST_CASE("stress: every waiter of every slot wakes, whichever comes first", "[stress][slot]") {
    const auto until = stress_end(0.7);
    std::mt19937 random(7);
    int rounds = 0, lost = 0, late = 0;
    constexpr int kWaiters = 6;
    while (Clock::now() < until || rounds < 5) {
        Slot slot;
        std::atomic<int> right{0};
        std::atomic<bool> go{false};
        const int kind = static_cast<int>(random() % 4);
        const WaitResult expected[] = {WaitResult::ready, WaitResult::given_up, WaitResult::closed,
                                       WaitResult::launch_failed};
        const auto began = Clock::now();
        {
            Threads threads;
            threads.run(kWaiters, [&](int) {
                go = true;
                right += slot.waiters().wait(Clock::now() + kGenerous, 0) == expected[kind];
            });
            while (!go) {
                std::this_thread::yield();
            }
            kind == 0   ? (void)slot.publish(make_snapshot(1))
            : kind == 1 ? slot.waiters().set_given_up(true)
            : kind == 2 ? slot.waiters().close()
                        : slot.waiters().fail_launch();
        }
        lost += right != kWaiters;
        late += seconds_since(began) > 15;
        ++rounds;
    }
    CHECK(lost == 0);
    CHECK(late == 0);
}
