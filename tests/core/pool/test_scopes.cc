#ifdef __linux__
#include <catch2/catch_test_macros.hpp>

#include "pool/pool_support.h"

using namespace bgworkers;
using namespace bgworkers::test;

TEST_CASE("processes with one key share a scope, others have their own", "[pool][scope]") {
    if (kUnderThreadSanitizer) {
        SKIP("ThreadSanitizer does not follow processes");
    }
    auto made = Reservation::make(small_pool(1 * kMiB, 3));
    REQUIRE(made.ok());
    const auto scope_of = [&](const char* name) {
        const int status = in_child([&] {
            Member member;
            return member.enter(*made.value(), 0, name) ? static_cast<int>(member.scope) : 99;
        });
        return WEXITSTATUS(status);
    };
    CHECK(scope_of("a") == 0);
    CHECK(scope_of("b") == 1);
    CHECK(scope_of("a") == 0);
    CHECK(scope_of("c") == 2);
    CHECK(scope_key("") != 0);
    CHECK(scope_key("a") != scope_key("b"));
}

TEST_CASE("a scope keeps its snapshot while nobody is there, until its row is needed", "[pool][scope]") {
    if (kUnderThreadSanitizer) {
        SKIP("ThreadSanitizer does not follow processes");
    }
    auto made = Reservation::make(small_pool(1 * kMiB, 2));
    REQUIRE(made.ok());
    const auto run = [&](const char* name, const std::function<int(Member&)>& body) {
        return WEXITSTATUS(in_child([&] {
            Member member;
            return member.enter(*made.value(), 0, name) ? body(member) : 99;
        }));
    };
    const auto publishes = [](Member& member) { return member.lead() && member.publish(0, 5) ? 0 : 1; };
    const auto finds_it = [](Member& member) {
        SharedPin pin;
        return member.marks->pin(member.scope, 0, &pin) == PinResult::pinned && is_whole(pin) ? 0 : 1;
    };
    const auto finds_nothing = [](Member& member) {
        SharedPin pin;
        return member.marks->pin(member.scope, 0, &pin) == PinResult::nothing && member.lead() &&
                       member.leadership->took_over() == 0 && member.store->figures().blocks == 0
                   ? 0
                   : 1;
    };
    REQUIRE(run("a", publishes) == 0);
    REQUIRE(run("b", publishes) == 0);
    CHECK(run("a", finds_it) == 0);
    Child keeper([&](const Child::Line& line) {
        Member member;
        if (!member.enter(*made.value(), 0, "b")) {
            return 1;
        }
        line.say();
        return line.hear() ? 0 : 2;
    });
    REQUIRE(keeper.wait_until_said());
    CHECK(run("c", finds_nothing) == 0);  // in the row of a
    CHECK(run("b", finds_it) == 0);
    CHECK(run("a", finds_nothing) == 0);  // in the row of c
    Child other([&](const Child::Line& line) {
        Member member;
        if (!member.enter(*made.value(), 0, "a")) {
            return 1;
        }
        line.say();
        return line.hear() ? 0 : 2;
    });
    REQUIRE(other.wait_until_said());
    CHECK(run("d", finds_nothing) == 99);  // no scope is left
    other.kill_it();
    CHECK(run("d", finds_nothing) == 0);  // the dead keep none
}

TEST_CASE("wherever a process dies that takes a place for a name, each name has one place", "[pool][scope][death]") {
    if (kUnderThreadSanitizer) {
        SKIP("ThreadSanitizer does not follow processes");
    }
    for (int point = 1;; ++point) {
        auto made = Reservation::make(small_pool());
        REQUIRE(made.ok());
        const int killed = in_child([&] {
            Member member;
            if (!member.enter(*made.value())) {
                return 1;
            }
            AtPoint at(point, [] { raise(SIGKILL); });
            uint32_t place;
            return claim_place(*member.region, member.scope, "first", 2, &place) == PlaceResult::found ? 0 : 2;
        });
        const int next = in_child([&] {
            Member member;
            uint32_t second = 9, first = 9, third = 9;
            if (!member.enter(*made.value()) ||
                claim_place(*member.region, member.scope, "second", 2, &second) != PlaceResult::found ||
                claim_place(*member.region, member.scope, "first", 2, &first) != PlaceResult::found ||
                claim_place(*member.region, member.scope, "third", 2, &third) != PlaceResult::none_left) {
                return 1;
            }
            return first + second == 1 && name_of_place(*member.region, member.scope, first) == "first" &&
                           name_of_place(*member.region, member.scope, second) == "second"
                       ? 0
                       : 2;
        });
        INFO("killed at point " << point);
        CHECK(ended_with(next, 0));
        if (ended_with(killed, 0)) {
            CHECK(point > 1);
            break;  // it has passed all of them
        }
        CHECK(WIFSIGNALED(killed));
    }
}

TEST_CASE("when all rows are taken a process still copies out, one after the other", "[pool][scope]") {
    if (kUnderThreadSanitizer) {
        SKIP("ThreadSanitizer does not follow processes");
    }
    auto made = Reservation::make(small_pool());
    REQUIRE(made.ok());
    int status = in_child([&] {
        Member member;
        if (!member.enter(*made.value()) || !member.lead() || !member.publish(0, 7)) {
            return 1;
        }
        // The rows of a crowd: this process's own name stands in all of them.
        for (uint32_t i = 0; i < kCommonRow; ++i) {
            uint64_t nobody = 0;
            member.region->row(i).owner.compare_exchange_strong(
                nobody, ProcessId::of(this_process(), start_of_process(this_process()), i).word);
        }
        const int late = in_child([&] {
            Marks marks(*member.region);
            member.region->after_fork_in_child();
            uint32_t scope = 9;
            SharedPin pin, second;
            if (member.region->claim_row() || marks.pin(member.scope, 0, &pin) != PinResult::lost ||
                join_scope(*member.region, member.key, &scope) != JoinResult::no_row ||
                !find_scope(*member.region, member.key, &scope)) {
                return 1;
            }
            if (marks.pin_briefly(scope, member.key, 0, &pin) != PinResult::pinned || !is_whole(pin)) {
                return 2;
            }
            // Another one waits for its turn, and gets it when this one is killed.
            Child impatient([&](const Child::Line& line) {
                Marks its(*member.region);
                member.region->after_fork_in_child();
                const PinResult first = its.pin_briefly(scope, member.key, 0, &second);
                line.say();
                if (!line.hear() || first != PinResult::none_left) {
                    return 1;
                }
                if (its.pin_briefly(scope, member.key, 0, &second) != PinResult::pinned) {
                    return 2;
                }
                raise(SIGKILL);
                return 3;
            });
            if (!impatient.wait_until_said()) {
                return 3;
            }
            marks.unpin(pin);
            impatient.let_go();
            if (!WIFSIGNALED(impatient.wait())) {
                return 4;
            }
            if (marks.pin_briefly(scope, member.key + 1, 0, &pin) != PinResult::lost) {
                return 5;
            }
            return marks.pin_briefly(scope, member.key, 0, &pin) == PinResult::pinned ? 0 : 6;
        });
        if (!ended_with(late, 0)) {
            return 10 + WEXITSTATUS(late);
        }
        return member.publish(0, 8) && member.store->figures().replaced == 0 ? 0 : 2;
    });
    INFO(WEXITSTATUS(status));
    CHECK(ended_with(status, 0));
}

TEST_CASE("whoever is killed while it joins is succeeded, whoever is stopped there is not waited for",
          "[pool][scope]") {
    if (kUnderThreadSanitizer) {
        SKIP("ThreadSanitizer does not follow processes");
    }
    auto made = Reservation::make(small_pool());
    REQUIRE(made.ok());
    Child stopped([&](const Child::Line& line) {
        // 1: pool.enter.chosen, 2 to 4: pool.claim.*, 5: pool.join.busy
        AtPoint stop(5, [&] {
            line.say();
            line.hear();
        });
        Member member;
        return member.enter(*made.value()) ? 0 : 1;
    });
    REQUIRE(stopped.wait_until_said());
    int seen = 0;
    for (const bool killed : {false, true}) {
        if (killed) {
            stopped.kill_it();
        }
        const int status = in_child([&] {
            auto entered = made.value()->enter(0);
            Region& region = *entered.value();
            region.set_patience(1000, 5);
            uint32_t scope;
            if (!region.claim_row()) {
                return 9;
            }
            return static_cast<int>(join_scope(region, 5, &scope));
        });
        CHECK(ended_with(status, static_cast<int>(killed ? JoinResult::joined : JoinResult::busy)));
        seen += WEXITSTATUS(status);
    }
    CHECK(seen == static_cast<int>(JoinResult::busy) + static_cast<int>(JoinResult::joined));
}

TEST_CASE("each user has memory of his own, as long as there are files", "[pool][scope]") {
    if (kUnderThreadSanitizer) {
        SKIP("ThreadSanitizer does not follow processes");
    }
    auto made = Reservation::make(small_pool(1 * kMiB, 1, 2));
    REQUIRE(made.ok());
    const auto as = [&](uint64_t user) {
        return WEXITSTATUS(in_child([&] {
            const size_t before = open_descriptors();
            Member member;
            if (!member.enter(*made.value(), user)) {
                return 99;
            }
            if (open_descriptors() != before - 1) {
                return 98;  // the other user's file is still open
            }
            SharedPin pin;
            const bool found = member.marks->pin(member.scope, 0, &pin) == PinResult::pinned;
            return found ? static_cast<int>(*static_cast<const uint64_t*>(pin.data))
                         : (member.lead() && member.publish(0, user + 1) ? 0 : 97);
        }));
    };
    CHECK(as(33) == 0);
    CHECK(as(0) == 0);
    CHECK(as(33) == 34);
    CHECK(as(0) == 1);
    CHECK(as(34) == 99);
}
#endif
