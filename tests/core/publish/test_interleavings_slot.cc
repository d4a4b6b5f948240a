// Orders of steps that a slot must survive, each forced by a sync point.
#include <catch2/catch_test_macros.hpp>

#include "core/publish/slot.h"
#include "support/sync_points.h"

using namespace bgworkers;
using namespace bgworkers::test;

TEST_CASE("a reader that pins between swap and unpin gets the new snapshot, the old one stays for who holds it",
          "[slot][interleaving]") {
    const uint64_t before = Snapshot::live_count();
    {
        Slot slot;
        publish(slot, 1);
        Snapshot* held = slot.pin_current();
        StopAt stop("slot.publish.before_unpin");
        Threads writer;
        writer.run([&] { publish(slot, 2); });
        REQUIRE(stop.wait_until_reached());
        Snapshot* fresh = slot.pin_current();
        CHECK(words_of(fresh)[0] == 2);
        CHECK(slot.version() == fresh->version());
        CHECK(Snapshot::live_count() == before + 2);

        SECTION("the reader lets go first") {
            held->unpin();
            CHECK(Snapshot::live_count() == before + 2);  // the writer's pin is left
            stop.let_go();
            writer.join();
        }
        SECTION("the writer lets go first") {
            stop.let_go();
            writer.join();
            CHECK(Snapshot::live_count() == before + 2);  // the reader's pin is left
            CHECK(words_of(held)[0] == 1);
            held->unpin();
        }
        CHECK(Snapshot::live_count() == before + 1);
        fresh->unpin();
    }
    CHECK(Snapshot::live_count() == before);
}

TEST_CASE("no publication comes between a reader's look at the snapshot and its pin", "[slot][interleaving]") {
    Slot slot;
    publish(slot, 1);
    StopAt stop("slot.pin_current.before_pin");
    Snapshot* pinned = nullptr;
    std::atomic<bool> published{false};
    Threads reader, writer;
    reader.run([&] { pinned = slot.pin_current(); });
    REQUIRE(stop.wait_until_reached());
    writer.run([&] {
        publish(slot, 2);
        published = true;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(20));  // time for a wrong writer to get through
    CHECK_FALSE(published);
    stop.let_go();
    reader.join();
    writer.join();
    CHECK(words_of(pinned)[0] == 1);  // not freed by the writer
    pinned->unpin();
}

TEST_CASE("a writer that is overtaken between swap and unpin frees its own predecessor only", "[slot][interleaving]") {
    const uint64_t before = Snapshot::live_count();
    Slot slot;
    publish(slot, 1);
    StopAt stop("slot.publish.before_unpin");
    Threads slow;
    uint64_t slow_version = 0;
    slow.run([&] { slow_version = publish(slot, 2); });
    REQUIRE(stop.wait_until_reached());
    const uint64_t newer = publish(slot, 3);
    CHECK(Snapshot::live_count() == before + 2);  // 1, which the slow one holds, and 3
    stop.let_go();
    slow.join();
    CHECK(slow_version < newer);
    CHECK(slot.version() == newer);
    Snapshot* current = slot.pin_current();
    CHECK(words_of(current)[0] == 3);
    current->unpin();
    CHECK(Snapshot::live_count() == before + 1);
}

TEST_CASE("news that come between a waiter's look and its sleep are not lost", "[slot][interleaving]") {
    struct Row {
        const char* name;
        void (*happen)(Slot&);
        WaitResult result;
    };
    const Row rows[] = {
        {"published", [](Slot& slot) { publish(slot, 1); }, WaitResult::ready},
        {"given up", [](Slot& slot) { slot.waiters().set_given_up(true); }, WaitResult::given_up},
        {"launch failed", [](Slot& slot) { slot.waiters().fail_launch(); }, WaitResult::launch_failed},
        {"closed", [](Slot& slot) { slot.waiters().close(); }, WaitResult::closed},
    };
    for (const Row& row : rows) {
        INFO(row.name);
        Slot slot;
        StopAt stop("waiters.wait.before_sleep");
        std::atomic<int> result{-1};
        std::atomic<bool> under_way{false};
        Threads waiter, other;
        waiter.run([&] { result = static_cast<int>(slot.waiters().wait(Clock::now() + 3 * kGenerous, 0)); });
        REQUIRE(stop.wait_until_reached());
        other.run([&] {
            under_way = true;
            row.happen(slot);
        });
        REQUIRE(eventually([&] { return under_way.load(); }));
        std::this_thread::sleep_for(std::chrono::milliseconds(5));  // time to notify nobody
        const auto let_go = Clock::now();
        stop.let_go();
        waiter.join();
        CHECK(result == static_cast<int>(row.result));
        CHECK(seconds_since(let_go) < 10);
    }
}

#ifndef _WIN32
TEST_CASE("a fork between swap and unpin leaves parent and child with the new snapshot", "[slot][interleaving]") {
    const uint64_t before = Snapshot::live_count();
    Slot slot;
    publish(slot, 1);
    StopAt stop("slot.publish.before_unpin");
    Threads writer;
    writer.run([&] { publish(slot, 2); });
    REQUIRE(stop.wait_until_reached());
    slot.lock_for_fork();
    const pid_t child = fork();
    if (child == 0) {
        slot.reinitialise();
        Snapshot* current = slot.pin_current();
        _exit(words_of(current)[0] == 2 && is_whole(current) ? 0 : 1);
    }
    slot.unlock_after_fork();
    int status = -1;
    waitpid(child, &status, 0);
    CHECK(ended_with(status, 0));
    stop.let_go();
    writer.join();
    CHECK(Snapshot::live_count() == before + 1);
}
#endif
