// What processes tell each other of their workers: whole or not at all, and only while they live.
#ifdef __linux__
#include <catch2/catch_test_macros.hpp>

#include <set>

#include "core/pool/fact_rows.h"
#include "pool/pool_support.h"

using namespace bgworkers;
using namespace bgworkers::test;

namespace {

constexpr uint64_t kScope = 77;

std::unique_ptr<Reservation> reserve() {
    auto made = Reservation::make(small_pool());
    REQUIRE(made.ok());
    return std::move(made.value());
}

struct Teller {
    explicit Teller(Reservation& reservation) : region(std::move(reservation.enter(0).value())) { region->claim_row(); }
    bool claim() { return claim_fact_row(*region, region->self(), &row); }
    // Facts in which everything follows from one number.
    bool tell(uint64_t number, uint64_t scope = kScope, const std::string& name = "flags") {
        FactsOfWorker facts;
        facts.name = name;
        facts.error = std::string(8 + number % 300, static_cast<char>('a' + number % 26));
        facts.numbers.runs = number;
        facts.numbers.took_over = number + 1;
        return note_fact_row(*region, region->self(), row, static_cast<double>(number), number) &&
               write_fact_row(*region, region->self(), row, scope, facts);
    }
    std::vector<ToldFacts> read(uint64_t scope = kScope) { return read_fact_rows(*region, scope); }
    uint32_t owned() const {
        uint32_t owned = 0;
        for (uint32_t i = 0; i < kFactRows; ++i) {
            owned += region->fact_owner(i).load() != 0;
        }
        return owned;
    }

    std::unique_ptr<Region> region;
    uint32_t row = 0;
};

bool is_whole(const FactsOfWorker& facts) {
    const uint64_t number = facts.numbers.runs;
    return facts.numbers.took_over == number + 1 && facts.name == "flags" &&
           facts.error == std::string(8 + number % 300, static_cast<char>('a' + number % 26));
}

// A process's life: two workers, changes, an end in order.
int live(Reservation& reservation) {
    Teller one(reservation);
    uint32_t second = 0;
    if (!one.claim() || !one.tell(1) || !claim_fact_row(*one.region, one.region->self(), &second) || !one.tell(2)) {
        return 1;
    }
    const ProcessId self = one.region->self();
    free_fact_row(*one.region, self, one.row);
    free_fact_row(*one.region, self, second);
    return 0;
}

}  // namespace

#define SKIP_UNDER_TSAN \
    if (kUnderThreadSanitizer) { \
        SKIP("ThreadSanitizer does not follow processes"); \
    }

TEST_CASE("what a process tells of its workers is seen by others of its scope", "[pool][facts]") {
    SKIP_UNDER_TSAN
    auto reservation = reserve();
    Child child([&](const Child::Line& line) {
        Teller teller(*reservation);
        if (!teller.claim() || !teller.tell(5)) {
            return 1;
        }
        line.say();
        line.hear();
        return teller.tell(6) ? (line.say(), line.hear(), 0) : 2;
    });
    REQUIRE(child.wait_until_said());
    Teller here(*reservation);
    std::vector<ToldFacts> seen = here.read();
    REQUIRE(seen.size() == 1);
    CHECK(seen[0].process == static_cast<uint32_t>(child.pid()));
    CHECK(seen[0].facts.numbers.runs == 5);
    CHECK(is_whole(seen[0].facts));
    CHECK(seen[0].told_at == 5);
    CHECK(seen[0].resident == 5);
    CHECK(here.read(kScope + 1).empty());
    child.let_go();
    REQUIRE(child.wait_until_said());
    seen = here.read();
    REQUIRE(seen.size() == 1);
    CHECK(seen[0].facts.numbers.runs == 6);
    // Its own are among them.
    REQUIRE(here.claim());
    REQUIRE(here.tell(9));
    CHECK(here.read().size() == 2);
    child.kill_it();
    seen = here.read();
    REQUIRE(seen.size() == 1);
    CHECK(seen[0].facts.numbers.runs == 9);
    CHECK(here.owned() == 1);
}

TEST_CASE("a row that was let go of is free, and not its owner's any more", "[pool][facts]") {
    auto reservation = reserve();
    Teller here(*reservation);
    REQUIRE(here.claim());
    CHECK(here.read().empty());  // nothing was told yet
    REQUIRE(here.tell(1));
    const ProcessId self = here.region->self();
    free_fact_row(*here.region, self, here.row);
    CHECK(here.read().empty());
    CHECK_FALSE(here.tell(2));
    CHECK(here.owned() == 0);
    const uint32_t before = here.row;
    REQUIRE(here.claim());
    CHECK(here.row == before);
    CHECK_FALSE(write_fact_row(*here.region, ProcessId::of(1, 1, 1), here.row, kScope, {}));
}

TEST_CASE("facts that lie in a row from another owner are not shown as the new one's", "[pool][facts]") {
    SKIP_UNDER_TSAN
    auto reservation = reserve();
    Child child([&](const Child::Line& line) {
        Teller teller(*reservation);
        teller.claim();
        teller.tell(5);
        line.say();
        line.hear();
        return 0;
    });
    REQUIRE(child.wait_until_said());
    child.kill_it();
    Teller here(*reservation);
    // Its row is the first, and is taken only after those that nobody had.
    for (uint32_t i = 0; i < kFactRows; ++i) {
        REQUIRE(here.claim());
    }
    CHECK(here.row == 0);
    CHECK(here.read().empty());
}

TEST_CASE("texts are cut to what a row can hold, between two characters", "[pool][facts]") {
    auto reservation = reserve();
    Teller here(*reservation);
    REQUIRE(here.claim());
    FactsOfWorker facts;
    facts.name = std::string(255, 'n');
    for (int i = 0; i < 400; ++i) {
        facts.error += "\xC3\xA4";
    }
    facts.error.insert(0, "x");
    REQUIRE(write_fact_row(*here.region, here.region->self(), here.row, kScope, facts));
    const std::vector<ToldFacts> seen = here.read();
    REQUIRE(seen.size() == 1);
    CHECK(seen[0].facts.name == facts.name);
    CHECK(seen[0].facts.error == facts.error.substr(0, kFactErrorBytes - 1));
    facts.error = "short";
    REQUIRE(write_fact_row(*here.region, here.region->self(), here.row, kScope, facts));
    CHECK(here.read()[0].facts.error == "short");
}

TEST_CASE("when rows are used up nobody loses his, and a dead process's are given away", "[pool][facts]") {
    SKIP_UNDER_TSAN
    auto reservation = reserve();
    Child child([&](const Child::Line& line) {
        Teller teller(*reservation);
        for (uint32_t i = 0; i < kFactRows; ++i) {
            if (!teller.claim() || !teller.tell(i)) {
                return 1;
            }
        }
        const int result = teller.claim() ? 2 : 0;
        line.say();
        line.hear();
        return result;
    });
    REQUIRE(child.wait_until_said());
    Teller here(*reservation);
    CHECK_FALSE(here.claim());
    CHECK(here.read().size() == kFactRows);
    child.let_go();
    CHECK(child.wait() == 0);
    REQUIRE(here.claim());
    REQUIRE(here.tell(1));
    CHECK(here.read().size() == 1);
    CHECK(here.owned() == 1);
}

TEST_CASE("a process killed anywhere while it tells leaves nothing to others", "[pool][facts][death]") {
    SKIP_UNDER_TSAN
    auto reservation = reserve();
    int points = 0, status = 0;
    for (bool killed = true; killed; ++points) {
        status = in_child([&] {
            AtPoint kill(points + 1, [] { raise(SIGKILL); });
            return live(*reservation);
        });
        killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
        INFO("point " << points + 1);
        status = in_child([&] {
            Teller next(*reservation);
            if (!next.read().empty() || next.owned() != 0) {
                return 1;
            }
            if (!next.claim() || !next.tell(3)) {
                return 2;
            }
            const std::vector<ToldFacts> seen = next.read();
            if (seen.size() != 1 || !is_whole(seen[0].facts) || seen[0].facts.numbers.runs != 3) {
                return 3;
            }
            free_fact_row(*next.region, next.region->self(), next.row);
            return 0;
        });
        CHECK(ended_with(status, 0));
    }
    CHECK(points > 15);
}

TEST_CASE("facts that are half written are skipped, however long that takes", "[pool][facts]") {
    SKIP_UNDER_TSAN
    auto reservation = reserve();
    std::set<uint64_t> seen_runs;
    int skipped = 0;
    // It stands still at each point of its second telling.
    for (int point = 1; point <= 4; ++point) {
        Child child([&](const Child::Line& line) {
            Teller teller(*reservation);
            teller.claim();
            teller.tell(1);
            AtPoint stand(point, [&] {
                line.say();
                line.hear();
            });
            return teller.tell(2) ? 0 : 1;
        });
        REQUIRE(child.wait_until_said());
        INFO("point " << point);
        const std::vector<ToldFacts> seen = Teller(*reservation).read();
        skipped += seen.empty();
        for (const ToldFacts& each : seen) {
            CHECK(is_whole(each.facts));
            seen_runs.insert(each.facts.numbers.runs);
        }
        reservation = reserve();
        child.let_go();
        CHECK(child.wait() == 0);
    }
    CHECK(skipped == 3);
    CHECK(seen_runs == std::set<uint64_t>{2});
}

TEST_CASE("readers see whole facts, each as new as the one before, while they change", "[pool][facts]") {
    auto reservation = reserve();
    Teller here(*reservation);
    REQUIRE(here.claim());
    REQUIRE(here.tell(1));
    std::atomic<bool> done{false};
    std::atomic<int> wrong{0}, whole{0};
    Threads threads;
    threads.run(2, [&](int) {
        uint64_t last = 0;
        while (!done) {
            for (const ToldFacts& each : here.read()) {
                wrong += !is_whole(each.facts) || each.facts.numbers.runs < last;
                last = each.facts.numbers.runs;
                ++whole;
            }
        }
    });
    uint64_t number = 2;
    for (const auto began = Clock::now(); seconds_since(began) < 0.5; ++number) {
        here.tell(number);
    }
    CHECK(eventually([&] { return whole > 100; }));
    done = true;
    threads.join();
    CHECK(wrong == 0);
}

TEST_CASE("rows that a broken process has written over lead nowhere", "[pool][facts][limits]") {
    auto reservation = reserve();
    Teller here(*reservation);
    std::mt19937_64 random(3);
    for (int round = 0; round < 300; ++round) {
        REQUIRE(here.claim());
        REQUIRE(here.tell(1));
        FactRow& row = here.region->fact_row(here.row);
        auto* words = reinterpret_cast<SharedWord*>(&row);
        for (size_t i = 0; i < sizeof(FactRow) / 8; ++i) {
            const bool keep = &words[i] == &row.turn || &words[i] == &row.writer || &words[i] == &row.scope;
            words[i].store(keep ? words[i].load() : random());
        }
        for (const ToldFacts& each : here.read()) {
            CHECK(each.facts.name.size() <= 255);
            CHECK(each.facts.error.size() <= kFactErrorBytes);
        }
        here.region->fact_owner(here.row).store(random());
        here.read();
    }
}
#endif
