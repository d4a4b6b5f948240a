// Leaders, readers and a killer, for some seconds; BGWORKERS_STRESS_SECONDS makes it longer.
#ifdef __linux__
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>

#include "pool/pool_support.h"
#include "support/stress.h"

using namespace bgworkers;
using namespace bgworkers::test;
using Event = Leadership::Event;

namespace {

constexpr uint32_t kPublished = 3;
constexpr uint64_t kLeast = 100;  // publications and reads of a stress, however long they take
constexpr uint64_t kLogged = 1 << 20;

// What all processes note outside the region.
struct Notes {
    std::atomic<uint64_t> stop;
    std::atomic<uint64_t> torn, went_back, twice, lost, two_writers, refused, broken;
    std::atomic<uint64_t> reads, publications, takeovers, forks;
    std::atomic<uint64_t> writer;                          // ProcessId of the process that is publishing
    std::atomic<uint64_t> confirmed[kPublished];
    std::atomic<uint8_t> versions[kPublished][kLogged];    // how often each was published
    std::atomic<uint64_t> leader_pid, led_at;              // monotonic, microseconds
    uint64_t faults() const { return torn + went_back + twice + lost + two_writers + broken; }
};

uint64_t microseconds() {
    return static_cast<uint64_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(Clock::now().time_since_epoch()).count());
}

// Words that tell publication and version: a reader of another version's bytes would see it.
uint64_t content(uint32_t publication, uint64_t version) { return uint64_t{publication} << 48 | version; }

void publish(Member& member, Notes& notes, std::mt19937& random) {
    const uint32_t publication = random() % kPublished;
    const uint64_t version = version_in(Marks::word(*member.region, member.scope, publication)) + 1;
    const uint64_t before = notes.writer.exchange(member.region->self().word);
    notes.two_writers += before != 0 && before != member.region->self().word && member.region->is_alive({before});
    const size_t bytes = random() % 30 == 0 ? 300000 : 8 + random() % 9000 / 8 * 8;
    uint64_t told = 0;
    if (!member.publish(publication, content(publication, version), bytes, &told)) {
        ++notes.refused;
    } else {
        notes.lost += told != version || told <= notes.confirmed[publication];
        notes.confirmed[publication] = told;
        notes.twice += notes.versions[publication][told % kLogged].fetch_add(1) != 0;
        ++notes.publications;
    }
    notes.writer = 0;
}

void read(Member& member, Notes& notes, std::mt19937& random, std::vector<SharedPin>& pins,
          std::array<uint64_t, kPublished>& newest) {
    const uint32_t publication = random() % kPublished;
    const uint64_t at_least = notes.confirmed[publication];
    SharedPin pin;
    const PinResult result = member.marks->pin(member.scope, publication, &pin);
    if (result == PinResult::nothing) {
        notes.lost += at_least != 0;
        return;
    }
    uint64_t value = 0;
    notes.broken += result != PinResult::pinned;
    if (result != PinResult::pinned) {
        return;
    }
    notes.torn += !is_whole(pin, &value) || value != content(publication, pin.version);
    notes.went_back += pin.version < newest[publication] || pin.version < at_least;
    newest[publication] = pin.version;
    pins.push_back(pin);
    if (pins.size() > 8) {
        const size_t i = random() % pins.size();
        notes.torn += !is_whole(pins[i], &value) || (value & ~uint64_t{0} >> 16) != pins[i].version;
        member.marks->unpin(pins[i]);
        pins.erase(pins.begin() + static_cast<std::ptrdiff_t>(i));
    }
    ++notes.reads;
}

void fork_a_reader(Member& member, Notes& notes, const std::vector<SharedPin>& pins) {
    member.marks->before_fork();
    const pid_t child = fork();
    if (child == 0) {
        alarm(20);
        member.marks->after_fork_in_child();
        for (int i = 0; i < 3 && member.region->has_row(); ++i) {
            for (const SharedPin& pin : pins) {
                uint64_t value = 0;
                notes.torn += !is_whole(pin, &value) || (value & ~uint64_t{0} >> 16) != pin.version;
            }
            sched_yield();
        }
        _exit(0);
    }
    member.marks->after_fork_in_parent(static_cast<uint32_t>(child));
    waitpid(child, nullptr, 0);
    ++notes.forks;
}

int live(Reservation& reservation, Notes& notes, unsigned seed) {
    std::mt19937 random(seed);
    Member member;
    if (!member.enter(reservation)) {
        ++notes.broken;
        return 1;
    }
    std::vector<SharedPin> pins;
    std::array<uint64_t, kPublished> newest{};
    member.leadership->join_line();
    auto tick = Clock::now();
    while (notes.stop == 0) {
        if (Clock::now() >= tick) {
            tick += std::chrono::milliseconds(10 * Leadership::kTickEvery);
            const Event event = member.leadership->tick();
            if (event == Event::leads || event == Event::took_over) {
                auto opened = Store::open(*member.region, member.scope);
                if (!opened.ok()) {
                    ++notes.broken;
                    return 2;
                }
                member.store = std::move(opened.value());
                notes.takeovers += event == Event::took_over;
                notes.leader_pid = static_cast<uint64_t>(getpid());
                notes.led_at = microseconds();
            }
            notes.broken += event == Event::stepped_down;
        }
        member.leadership->look();
        if (member.store) {
            for (int i = 0; i < 20; ++i) {
                publish(member, notes, random);
            }
            if (random() % 400 == 0) {
                member.stop_leading();
            }
        }
        for (int i = 0; i < 20; ++i) {
            read(member, notes, random, pins, newest);
        }
        if (random() % 100 == 0) {
            fork_a_reader(member, notes, pins);
        }
        std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
    return 0;
}

}  // namespace

TEST_CASE("stress: processes that publish, read, fork, are stopped and killed at any instruction", "[pool][stress]") {
    if (kUnderThreadSanitizer) {
        SKIP("ThreadSanitizer does not follow processes");
    }
    constexpr int kProcesses = 6;
    auto made = Reservation::make(small_pool(32 * kMiB));
    REQUIRE(made.ok());
    Common<Notes> notes;
    std::vector<std::unique_ptr<Child>> children;
    unsigned seed = 1;
    const auto start_one = [&] {
        children.push_back(std::make_unique<Child>(
            [&made, &notes, seed](const Child::Line&) { return live(*made.value(), *notes, seed); }));
        ++seed;
    };
    while (children.size() < kProcesses) {
        start_one();
    }
    std::mt19937 random(1);
    int kills = 0, leaders_killed = 0;
    std::vector<double> after;  // milliseconds from a leader's death to its successor
    const auto until = stress_end(kUnderSanitizer ? 4 : 6);
    // At least a few of each: on a busy machine the time may be over at once.
    const auto too_little = [&] {
        return kills < 20 || leaders_killed == 0 || notes->publications < kLeast || notes->reads < kLeast;
    };
    while (Clock::now() < until || too_little()) {
        std::this_thread::sleep_for(std::chrono::microseconds(random() % 30000));
        const size_t i = random() % children.size();
        const uint64_t leader = notes->leader_pid;
        const bool leads = static_cast<uint64_t>(children[i]->pid()) == leader;
        if (random() % 5 == 0) {
            children[i]->signal(SIGSTOP);
            std::this_thread::sleep_for(std::chrono::milliseconds(random() % 40));
            children[i]->signal(SIGCONT);
            continue;
        }
        const uint64_t killed_at = microseconds();
        children[i]->kill_it();
        children.erase(children.begin() + static_cast<std::ptrdiff_t>(i));
        start_one();
        ++kills;
        if (leads) {
            ++leaders_killed;
            if (eventually([&] { return notes->led_at >= killed_at; }, std::chrono::seconds(5))) {
                after.push_back(static_cast<double>(notes->led_at - killed_at) / 1000);
            }
        }
    }
    notes->stop = 1;
    for (auto& child : children) {
        CHECK(ended_with(child->wait(), 0));
    }
    CHECK(notes->torn == 0);
    CHECK(notes->went_back == 0);
    CHECK(notes->twice == 0);
    CHECK(notes->lost == 0);
    CHECK(notes->two_writers == 0);
    CHECK(notes->broken == 0);
    CHECK(notes->refused == 0);
    REQUIRE(after.size() == static_cast<size_t>(leaders_killed));
    std::sort(after.begin(), after.end());
    if (!kUnderSanitizer) {
        CHECK(after[after.size() / 2] < 500);
    }
    if (std::getenv("BGWORKERS_STRESS_SECONDS") != nullptr) {
        WARN("kills " << kills << ", of leaders " << leaders_killed << ", taken over after p50 "
                      << after[after.size() / 2] << " ms, max " << after.back() << " ms; publications "
                      << notes->publications << ", reads " << notes->reads << ", forks " << notes->forks);
    }
    // At rest nothing of all the dead is left but what is published.
    const int status = in_child([&] {
        Member member;
        if (!member.enter(*made.value()) || !member.lead()) {
            return 1;
        }
        // A fork's row may count for ten seconds yet.
        for (uint32_t i = 0; i < kPoolRows; ++i) {
            if (ProcessId{member.region->row(i).owner.load()}.is_forking()) {
                member.region->row(i).owner.store(0);
            }
        }
        member.store->collect();
        member.region->sweep();
        uint32_t rows = 0;
        for (uint32_t i = 0; i < kPoolRows; ++i) {
            rows += member.region->row(i).owner.load() != 0;
        }
        return rows == 1 && member.store->figures().blocks == kPublished ? 0 : 2;
    });
    CHECK(ended_with(status, 0));
}

TEST_CASE("stress: threads of one process that publish, pin and let go", "[pool][stress]") {
    auto made = Reservation::make(small_pool(32 * kMiB));
    REQUIRE(made.ok());
    Member member;
    REQUIRE(member.enter(*made.value()));
    REQUIRE(member.lead());
    auto notes = std::make_unique<Notes>();
    const auto until = stress_end(1);
    {
        Threads threads;
        threads.run(2, [&](int i) {  // each publication has one writer, as it has one worker
            std::mt19937 random(static_cast<unsigned>(i));
            for (uint64_t version = 1; Clock::now() < until || notes->publications < kLeast; ++version) {
                uint64_t told = 0;
                const auto publication = static_cast<uint32_t>(i);
                if (!member.publish(publication, content(publication, version), 8 + random() % 9000 / 8 * 8, &told)) {
                    --version;  // full, for readers that were not let run
                    continue;
                }
                notes->lost += told != version;
                notes->confirmed[i] = told;
                ++notes->publications;
            }
        });
        threads.run(3, [&](int i) {
            std::mt19937 random(static_cast<unsigned>(100 + i));
            std::vector<SharedPin> pins;
            std::array<uint64_t, kPublished> newest{};
            while (Clock::now() < until || notes->reads < kLeast) {
                read(member, *notes, random, pins, newest);
            }
            for (const SharedPin& pin : pins) {
                member.marks->unpin(pin);
            }
        });
        threads.run(1, [&](int) {
            while (Clock::now() < until) {
                member.leadership->tick();
                member.leadership->look();
                member.region->sweep();
                member.store->figures();
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            }
        });
    }
    CHECK(notes->faults() == 0);
    CHECK(member.marks->count() == 0);
    member.store->collect();
    CHECK(member.store->figures().blocks == 2);
}
#endif
