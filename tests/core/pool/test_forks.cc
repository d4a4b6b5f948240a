#ifdef __linux__
#include <catch2/catch_test_macros.hpp>

#include "pool/pool_support.h"

using namespace bgworkers;
using namespace bgworkers::test;

namespace {

// A leader with one published value, a reader that has pinned it and forks at some place; then the leader publishes
// until the first block's pages would be used again. What does the reader's child see?
struct Common2 {
    std::atomic<int> child_right, child_wrong, forked;
};

}  // namespace

TEST_CASE("a child of a reader sees what its parent had pinned, whoever of them ends or is killed", "[pool][fork]") {
    if (kUnderThreadSanitizer) {
        SKIP("ThreadSanitizer does not follow processes");
    }
    // The point of the parent's fork where it is killed; 0: it ends in order. 9: before the child has come.
    for (int point = 0; point <= 6; ++point) {
        INFO("point " << point);
        auto made = Reservation::make(small_pool());
        REQUIRE(made.ok());
        Common<Common2> common;
        Child leader([&](const Child::Line& line) {
            Member member;
            if (!member.enter(*made.value()) || !member.lead()) {
                return 1;
            }
            for (uint64_t value = 1;; ++value) {
                for (int i = 0; i < 20; ++i) {
                    if (!member.publish(0, value)) {
                        return 2;
                    }
                }
                line.say();
                if (!line.hear()) {
                    return static_cast<int>(member.store->figures().blocks);
                }
            }
        });
        REQUIRE(leader.wait_until_said());
        int ready[2], go[2];
        REQUIRE(pipe2(ready, O_CLOEXEC) == 0);
        REQUIRE(pipe2(go, O_CLOEXEC) == 0);
        const Child::Line outside{-1, ready[1]}, inside{go[0], -1};
        Child reader([&](const Child::Line&) {
            ::close(ready[0]);
            ::close(go[1]);
            Member member;
            SharedPin pin;
            if (!member.enter(*made.value()) || member.marks->pin(member.scope, 0, &pin) != PinResult::pinned) {
                return 1;
            }
            AtPoint at(point, [&] { raise(SIGKILL); });
            const bool has_row = member.marks->before_fork();
            const pid_t child = fork();
            if (child == 0) {
                alarm(60);
                AtPoint nowhere(0, [] {});
                member.marks->after_fork_in_child();
                outside.say();
                inside.hear();
                uint64_t value = 0;
                const bool right = has_row && member.region->has_row() && is_whole(pin, &value) && value == 1;
                ++(right ? common->child_right : common->child_wrong);
                SharedPin second;
                if (member.marks->pin(member.scope, 0, &second) != PinResult::pinned || !is_whole(second, &value) ||
                    value != 2) {
                    ++common->child_wrong;
                }
                member.marks->unpin(pin);
                member.marks->unpin(second);
                member.marks.reset();
                member.region.reset();
                outside.say();
                _exit(0);
            }
            ++common->forked;
            member.marks->after_fork_in_parent(static_cast<uint32_t>(child));
            return 0;
        });
        reader.wait();
        ::close(ready[1]);
        ::close(go[0]);
        const Child::Line up{ready[0], go[1]};
        const bool came = up.hear();
        CHECK((came || point > 0));
        leader.let_go();
        REQUIRE(leader.wait_until_said());
        if (came) {
            up.say();
            CHECK(up.hear());
            CHECK(common->child_right == 1);
            CHECK(common->child_wrong == 0);
        }
        ::close(ready[0]);
        ::close(go[1]);
        leader.kill_it();
    }
}

TEST_CASE("the row of a child that never comes is free again after a while", "[pool][fork]") {
    auto made = Reservation::make(small_pool());
    REQUIRE(made.ok());
    Member member;
    REQUIRE(member.enter(*made.value()));
    member.region->set_patience(10, 10);
    const auto rows = [&] {
        uint32_t count = 0;
        for (uint32_t i = 0; i < kPoolRows; ++i) {
            count += member.region->row(i).owner.load() != 0;
        }
        return count;
    };
    REQUIRE(member.marks->before_fork());
    CHECK(rows() == 2);
    CHECK(member.region->sweep() == 0);
    CHECK(eventually([&] { return member.region->sweep() == 1; }));
    CHECK(rows() == 1);
    member.marks->after_fork_in_parent(0);
    REQUIRE(member.marks->before_fork());
    member.marks->after_fork_in_parent(0);  // the fork failed
    CHECK(rows() == 1);
}

TEST_CASE("a child that has become another program holds nothing back", "[pool][fork]") {
    auto made = Reservation::make(small_pool());
    REQUIRE(made.ok());
    Member member;
    REQUIRE(member.enter(*made.value()));
    REQUIRE(member.lead());
    REQUIRE(member.publish(0, 1));
    SharedPin pin;
    REQUIRE(member.marks->pin(member.scope, 0, &pin) == PinResult::pinned);
    REQUIRE(member.marks->before_fork());
    const pid_t child = fork();
    if (child == 0) {
        member.marks->after_fork_in_child();
        execl("/bin/sleep", "sleep", "1000", nullptr);
        _exit(1);
    }
    member.marks->after_fork_in_parent(Region::kUnknownChild);
    member.marks->unpin(pin);
    CHECK(member.publish(0, 2));
    CHECK(eventually([&] {
        member.store->collect();
        return member.store->figures().replaced == 0;
    }));
    CHECK(::kill(child, SIGKILL) == 0);
    waitpid(child, nullptr, 0);
}

TEST_CASE("a child that nobody told of its fork leaves its parent's row alone", "[pool][fork]") {
    auto made = Reservation::make(small_pool());
    REQUIRE(made.ok());
    Member member;
    REQUIRE(member.enter(*made.value()));
    REQUIRE(member.lead());
    REQUIRE(member.publish(0, 1));
    SharedPin pin;
    REQUIRE(member.marks->pin(member.scope, 0, &pin) == PinResult::pinned);
    const int status = in_child([&] {
        member.marks.reset();
        member.store.reset();
        member.region.reset();
        return 0;
    });
    CHECK(ended_with(status, 0));
    CHECK(member.leadership->leads());
    REQUIRE(member.publish(0, 2));
    CHECK(member.store->figures().replaced == 1);
    CHECK(is_whole(pin));
    member.marks->unpin(pin);
}

TEST_CASE("the child of a leader leads nothing and cannot write", "[pool][fork]") {
    if (kUnderSanitizer) {
        SKIP("a sanitizer answers SIGSEGV itself");
    }
    auto made = Reservation::make(small_pool());
    REQUIRE(made.ok());
    Member member;
    REQUIRE(member.enter(*made.value()));
    REQUIRE(member.lead());
    auto draft = member.store->reserve(8);
    REQUIRE(draft.ok());
    for (const bool writes : {false, true}) {
        REQUIRE(member.marks->before_fork());
        const pid_t child = fork();
        if (child == 0) {
            signal(SIGSEGV, SIG_DFL);
            member.marks->after_fork_in_child();
            bool refused = !member.leadership->leads() && !member.publish(0, 1);
            refused = refused && !member.store->publish(0, draft.value(), 0).ok();
            if (writes) {
                *static_cast<volatile uint64_t*>(draft.value().data) = 1;
            }
            _exit(refused ? 0 : 1);
        }
        member.marks->after_fork_in_parent(static_cast<uint32_t>(child));
        int status = -1;
        waitpid(child, &status, 0);
        CHECK((writes ? WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV : ended_with(status, 0)));
    }
    CHECK(member.store->publish(0, draft.value(), 0).ok());
}
#endif
