#ifdef __linux__

#include <catch2/catch_test_macros.hpp>

#include "core/shared/process_facts.h"
#include "pool/pool_support.h"
#include "support/plain_form.h"

using namespace bgworkers;
using namespace bgworkers::test;

namespace {

struct Entered {
    explicit Entered(const std::string& purpose = "pool www")
        : reservation(std::move(Reservation::make(small_pool()).value())) {
        REQUIRE(reservation->choose(0).ok());
        memory = SharedMemory::enter(*reservation, kPlainForm).value();
        REQUIRE(memory != nullptr);
        facts.enter(memory, purpose);
    }
    std::unique_ptr<Reservation> reservation;
    std::shared_ptr<SharedMemory> memory;
    ProcessFacts facts;
};

ProcessFacts::Telling telling(const std::string& name, uint64_t runs, uint64_t scope = 1) {
    ProcessFacts::Telling telling{scope, {}};
    telling.facts.name = name;
    telling.facts.numbers.runs = runs;
    return telling;
}

}  // namespace

TEST_CASE("a process that has not entered tells nothing", "[shared][facts]") {
    ProcessFacts facts;
    CHECK_FALSE(facts.entered());
    facts.leave();
}

TEST_CASE("a scope's key is that of what names it and of what its processes are there for", "[shared][facts]") {
    Entered one, other("pool api");
    const uint64_t key = one.facts.key_of("/a.ini", "", "");
    CHECK(key == one.facts.key_of("/a.ini", "", ""));
    CHECK(key != one.facts.key_of("", "/a.ini", ""));
    CHECK(key != one.facts.key_of("/a.ini", "", "blue"));
    CHECK(key != other.facts.key_of("/a.ini", "", ""));
}

TEST_CASE("what is told is seen, and whether it has changed is known", "[shared][facts]") {
    Entered here;
    CHECK(here.facts.tell({telling("a", 1), telling("b", 1, 2)}, 10, 5000));
    CHECK_FALSE(here.facts.tell({telling("a", 1), telling("b", 1, 2)}, 11, 6000));
    std::vector<ToldFacts> seen = here.facts.read(1);
    REQUIRE(seen.size() == 1);
    CHECK(seen[0].facts.name == "a");
    CHECK(seen[0].told_at == 11);  // it was so then, too
    CHECK(seen[0].resident == 6000);
    CHECK(here.facts.read(2).size() == 1);
    // One more, and a change of one.
    CHECK(here.facts.tell({telling("a", 2), telling("b", 1, 2), telling("c", 0)}, 12, 6000));
    seen = here.facts.read(1);
    REQUIRE(seen.size() == 2);
    CHECK(seen[0].facts.numbers.runs + seen[1].facts.numbers.runs == 2);
    here.facts.leave();
    CHECK(here.facts.read(1).empty());
    CHECK(here.facts.read(2).empty());
    CHECK_FALSE(here.facts.tell({telling("a", 3)}, 13, 6000));
    CHECK(here.facts.read(1).empty());
}

TEST_CASE("a process for whose workers there are not enough rows shows none, until there are", "[shared][facts]") {
    Entered here;
    Region& region = here.memory->region();
    // Of somebody who lives: this process, under the name of its first thread's parent.
    const ProcessId other = ProcessId::of(static_cast<uint32_t>(::getppid()), 0, 5);
    for (uint32_t i = 0; i + 1 < kFactRows; ++i) {
        region.fact_owner(i).store(other.word);
    }
    CHECK_FALSE(here.facts.tell({telling("a", 1), telling("b", 1)}, 10, 0));
    CHECK(here.facts.read(1).empty());
    CHECK(region.fact_owner(kFactRows - 1).load() == 0);
    CHECK(region.fact_owner(0).load() == other.word);
    region.fact_owner(7).store(0);
    CHECK(here.facts.tell({telling("a", 1), telling("b", 1)}, 11, 0));
    CHECK(here.facts.read(1).size() == 2);
    // And one that comes later.
    CHECK_FALSE(here.facts.tell({telling("a", 1), telling("b", 1), telling("c", 1)}, 12, 0));
    CHECK(here.facts.read(1).empty());
}

TEST_CASE("rows that were taken away are claimed anew", "[shared][facts]") {
    Entered here;
    REQUIRE(here.facts.tell({telling("a", 1), telling("b", 1)}, 10, 0));
    Region& region = here.memory->region();
    for (uint32_t i = 0; i < kFactRows; ++i) {
        region.fact_owner(i).store(0);
    }
    here.facts.tell({telling("a", 1), telling("b", 1)}, 11, 0);
    CHECK(here.facts.tell({telling("a", 1), telling("b", 1)}, 12, 0));
    CHECK(here.facts.read(1).size() == 2);
}

TEST_CASE("a process without a row of its own tells nothing", "[shared][facts]") {
    Entered here;
    here.memory->region().release_row();
    CHECK_FALSE(here.facts.tell({telling("a", 1)}, 10, 0));
    CHECK(here.facts.read(1).empty());
}

TEST_CASE("a fork sees what its parent tells", "[shared][facts]") {
    if (kUnderThreadSanitizer) {
        SKIP("ThreadSanitizer does not follow processes");
    }
    Entered here;
    REQUIRE(here.facts.tell({telling("a", 1)}, 10, 0));
    here.memory->before_fork();
    const int status = in_child([&] {
        here.memory->after_fork_in_child();
        const std::vector<ToldFacts> seen = here.facts.read(1);
        return seen.size() == 1 && seen[0].process == static_cast<uint32_t>(::getppid()) ? 0 : 1;
    });
    here.memory->after_fork_in_parent();
    CHECK(ended_with(status, 0));
    CHECK(here.facts.read(1).size() == 1);
}
#endif
