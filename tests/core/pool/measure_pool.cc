// What the shared memory costs, told in numbers: hidden, run by its tag in a build with optimisation (docs/inside/
// shared-memory.md says how). The bounds are wide: they hold off a mistake of a whole order, on a busy machine too.
#ifdef __linux__
#include <catch2/catch_test_macros.hpp>

#include <time.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/publish/publication.h"
#include "pool/pool_support.h"

using namespace bgworkers;
using namespace bgworkers::test;

namespace {

// Of this thread's time on a processor: others may be busy.
double thread_seconds() {
    timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

template <typename Work>
double nanoseconds(int times, Work work) {
    const double began = thread_seconds();
    for (int i = 0; i < times; ++i) {
        work(i);
    }
    return (thread_seconds() - began) * 1e9 / times;
}

template <typename Value>
void keep(const Value& value) {
    asm volatile("" : : "r"(value) : "memory");
}

struct Leader {
    std::unique_ptr<Reservation> reservation;
    Member member;
    explicit Leader(uint64_t limit) {
        reservation = std::move(Reservation::make(small_pool(limit)).value());
        REQUIRE(member.enter(*reservation));
        REQUIRE(member.lead());
    }
};

}  // namespace

TEST_CASE("measure: a read while nothing new is published", "[.measure][hot]") {
    Leader leader(8 * kMiB);
    REQUIRE(leader.member.publish(0, 1));
    Publication own;
    own.version = 1;
    constexpr int kTimes = 20000000;
    const double shared =
        nanoseconds(kTimes, [&](int) { keep(Marks::word(*leader.member.region, leader.member.scope, 0)); });
    const SharedWord& place = Marks::place(*leader.member.region, leader.member.scope, 0);
    const double placed = nanoseconds(kTimes, [&](int) { keep(place.load(std::memory_order_acquire)); });
    const double privately = nanoseconds(kTimes, [&](int) { keep(own.version.load(std::memory_order_acquire)); });
    std::printf("hot read: shared %.2f ns, at a known place %.2f ns, private %.2f ns\n", shared, placed, privately);
    CHECK(shared < 100);
}

TEST_CASE("measure: the first read of a new version", "[.measure]") {
    Leader leader(8 * kMiB);
    REQUIRE(leader.member.publish(0, 1));
    Marks& marks = *leader.member.marks;
    const auto once = [&](int) {
        SharedPin pin;
        marks.pin(leader.member.scope, 0, &pin);
        marks.unpin(pin);
    };
    const double whole = nanoseconds(200000, once);
    const double byte = nanoseconds(200000, [&](int) { leader.member.region->reassert(); });
    SharedPin held;
    marks.pin(leader.member.scope, 0, &held);
    const double again = nanoseconds(200000, once);
    std::printf("pin and unpin: first of the process %.0f ns, of that the byte's fcntl %.0f ns; later ones %.0f ns\n",
                whole, byte, again);
    CHECK(whole < 100000);
}

TEST_CASE("measure: publications of 1 KB, 1 MB, 64 MB", "[.measure]") {
    Leader leader(512 * kMiB);
    for (const size_t bytes : {size_t{1000}, size_t{1} << 20, size_t{64} << 20}) {
        std::vector<double> reserve, write, publish;
        for (int i = 0; i < (bytes > kMiB ? 12 : 300); ++i) {
            double began = thread_seconds();
            auto draft = leader.member.store->reserve(bytes);
            REQUIRE(draft.ok());
            reserve.push_back((thread_seconds() - began) * 1e6);
            began = thread_seconds();
            std::memset(draft.value().data, i, bytes);
            write.push_back((thread_seconds() - began) * 1e6);
            began = thread_seconds();
            REQUIRE(leader.member.store->publish(0, draft.value(), 1).ok());
            publish.push_back((thread_seconds() - began) * 1e6);
        }
        const double first = reserve[0], first_write = write[0];
        for (auto* times : {&reserve, &write, &publish}) {
            std::sort(times->begin(), times->end());
        }
        std::printf("%zu bytes: reserve %.1f us, write %.1f us, publish %.1f us (p50; the first: %.1f and %.1f us)\n",
                    bytes, reserve[reserve.size() / 2], write[write.size() / 2], publish[publish.size() / 2], first,
                    first_write);
    }
}

TEST_CASE("measure: the look at all marks, with 8, 64 and 1,000 processes", "[.measure]") {
    for (const uint32_t processes : {8u, 64u, 1000u}) {
        Leader leader(8 * kMiB);
        Region& region = *leader.member.region;
        for (uint32_t i = 1; i < processes; ++i) {
            region.row(i).owner.store(ProcessId::of(this_process(), start_of_process(this_process()), i).word);
            region.row(i).marks_used.store(8);
            for (uint32_t m = 0; m < 8; ++m) {
                region.row(i).marks[m].store(mark_of(leader.member.scope, 1000 + m));
            }
        }
        SharedPin old;
        REQUIRE(leader.member.publish(0, 1));
        REQUIRE(leader.member.marks->pin(leader.member.scope, 0, &old) == PinResult::pinned);
        REQUIRE(leader.member.publish(0, 2));
        const double look = nanoseconds(2000, [&](int) { leader.member.store->collect(); });
        std::printf("%u processes with 8 marks each: %.1f us\n", processes, look / 1000);
        CHECK(look < 10e6);
    }
}

TEST_CASE("measure: from kill -9 of the leader to its successor's first publication", "[.measure]") {
    auto made = Reservation::make(small_pool(128 * kMiB));
    REQUIRE(made.ok());
    struct Shared {
        std::atomic<uint64_t> leader, published_at;
    };
    Common<Shared> shared;
    const auto now = [] { return static_cast<uint64_t>(seconds_between(Clock::time_point(), Clock::now()) * 1e6); };
    const auto start_one = [&] {
        return std::make_unique<Child>([&](const Child::Line& line) {
            Member member;
            if (!member.enter(*made.value())) {
                return 1;
            }
            member.leadership->join_line();
            line.say();
            for (;;) {
                const auto event = member.leadership->tick();
                if (event == Leadership::Event::took_over || event == Leadership::Event::leads) {
                    auto opened = Store::open(*member.region, member.scope);
                    if (!opened.ok()) {
                        return 2;
                    }
                    member.store = std::move(opened.value());
                    member.publish(0, 1, 20 * kMiB);
                    shared->published_at = now();
                    shared->leader = static_cast<uint64_t>(getpid());
                }
                std::this_thread::sleep_for(std::chrono::milliseconds(10 * Leadership::kTickEvery));
            }
        });
    };
    auto leader = start_one();
    REQUIRE(eventually([&] { return shared->leader == static_cast<uint64_t>(leader->pid()); }));
    std::vector<double> took;
    std::mt19937 random(3);
    for (int i = 0; i < 60; ++i) {
        auto next = start_one();
        REQUIRE(next->wait_until_said());
        std::this_thread::sleep_for(std::chrono::milliseconds(50 + random() % 100));
        const uint64_t killed = now();
        leader->kill_it();
        REQUIRE(eventually([&] { return shared->leader == static_cast<uint64_t>(next->pid()); }));
        took.push_back(static_cast<double>(shared->published_at - killed) / 1000);
        leader = std::move(next);
    }
    std::sort(took.begin(), took.end());
    std::printf("takeover, with a publication of 20 MiB: p50 %.0f ms, max %.0f ms (60 times)\n", took[30], took.back());
    CHECK(took[30] < 1000);
}

TEST_CASE("measure: an hour's publications of mixed sizes", "[.measure]") {
    // 32 workers, each with a size of its own from 1 KB to 16 MB that varies by a fifth; 60 publications a second, and
    // readers that hold some of the replaced ones for a while.
    Leader leader(256 * kMiB);
    std::mt19937 random(9);
    std::vector<size_t> sizes(32);
    size_t sum = 0;
    for (size_t i = 0; i < sizes.size(); ++i) {
        sizes[i] = static_cast<size_t>(1000 * std::pow(16000.0, static_cast<double>(i) / 31));
        sum += sizes[i];
    }
    std::vector<SharedPin> held;
    uint64_t most_used = 0, most_committed = 0, refused = 0, smallest_gap = UINT64_MAX;
    const auto began = Clock::now();
    constexpr int kPublications = 60 * 3600;
    int done = 0;
    for (; done < kPublications && seconds_since(began) < 120; ++done) {
        // Small ones come more often.
        const size_t worker = std::min<size_t>(random() % 32, random() % 32);
        const size_t bytes = sizes[worker] * (90 + random() % 21) / 100;
        auto draft = leader.member.store->reserve(bytes);
        if (!draft.ok()) {
            ++refused;
            continue;
        }
        REQUIRE(leader.member.store->publish(static_cast<uint32_t>(worker), draft.value(), 1).ok());
        SharedPin pin;
        if (random() % 4 == 0 && held.size() < 16 &&
            leader.member.marks->pin(leader.member.scope, static_cast<uint32_t>(worker), &pin) == PinResult::pinned) {
            held.push_back(pin);
        }
        if (!held.empty() && random() % 4 == 0) {
            const size_t i = random() % held.size();
            leader.member.marks->unpin(held[i]);
            held.erase(held.begin() + static_cast<std::ptrdiff_t>(i));
        }
        const Store::Figures figures = leader.member.store->figures();
        most_used = std::max(most_used, figures.used_pages);
        most_committed = std::max(most_committed, figures.committed_pages);
        smallest_gap = std::min(smallest_gap, figures.largest_gap);
    }
    std::printf(
        "%d publications, current ones %zu MB: in use at most %.0f MB, given at most %.0f MB, refused %llu, "
        "largest gap at least %.0f MB\n",
        done, sum / 1000000, static_cast<double>(most_used) * kSharedPage / 1e6,
        static_cast<double>(most_committed) * kSharedPage / 1e6, static_cast<unsigned long long>(refused),
        static_cast<double>(smallest_gap) * kSharedPage / 1e6);
    CHECK(refused == 0);
}
#endif
