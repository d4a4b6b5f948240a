#include "core/publish/snapshot.h"

#include <catch2/catch_test_macros.hpp>

#include "core/publish/slot.h"
#include "support/support.h"

using namespace bgworkers;
using namespace bgworkers::test;

TEST_CASE("a snapshot lives until its last pin is given back", "[snapshot]") {
    const uint64_t before = Snapshot::live_count();
    for (size_t words : {size_t{1}, size_t{8}, 2 * Block::kMapThreshold / sizeof(uint64_t)}) {
        INFO(words << " words");
        Snapshot* snapshot = make_snapshot(0x5a5a, words);
        REQUIRE(snapshot != nullptr);
        CHECK(snapshot->size() == words * sizeof(uint64_t));
        CHECK(snapshot->version() == 0);
        snapshot->pin();
        CHECK_FALSE(snapshot->unpin());
        CHECK(Snapshot::live_count() == before + 1);
        CHECK(words_of(snapshot)[words - 1] == 0x5a5a);
        CHECK(snapshot->unpin());
        CHECK(Snapshot::live_count() == before);
    }
}

TEST_CASE("pins of many threads add up, the last one frees", "[snapshot]") {
    const uint64_t before = Snapshot::live_count();
    Snapshot* snapshot = make_snapshot(7);
    constexpr int kThreads = 4;
    for (int i = 0; i < kThreads; ++i) {
        snapshot->pin();
    }
    std::atomic<int> wrong{0};
    {
        Threads threads;
        threads.run(kThreads, [&](int) {
            for (int i = 0; i < 2000; ++i) {
                snapshot->pin();
                wrong += words_of(snapshot)[0] != 7;
                snapshot->unpin();
            }
            snapshot->unpin();
        });
    }
    CHECK(wrong == 0);
    CHECK(Snapshot::live_count() == before + 1);
    snapshot->unpin();
    CHECK(Snapshot::live_count() == before);
}

TEST_CASE("a slot tells how many bytes of replaced snapshots are still pinned", "[snapshot][slot]") {
    Slot slot;
    slot.publish(make_snapshot(1, 100));
    Snapshot* first = slot.pin_current();
    first->pin();
    CHECK(slot.facts().replaced_bytes == 0);
    slot.publish(make_snapshot(2, 10));
    CHECK(slot.facts().replaced_bytes == 800);
    Snapshot* second = slot.pin_current();
    slot.publish(make_snapshot(3, 1));
    CHECK(slot.facts().replaced_bytes == 880);
    first->unpin();
    CHECK(slot.facts().replaced_bytes == 880);
    first->unpin();
    CHECK(slot.facts().replaced_bytes == 80);
    second->unpin();
    CHECK(slot.facts().replaced_bytes == 0);
}

TEST_CASE("a pin may be given back after its slot is gone", "[snapshot][slot]") {
    const uint64_t before = Snapshot::live_count();
    Snapshot* first = nullptr;
    {
        Slot slot;
        slot.publish(make_snapshot(1));
        first = slot.pin_current();
        slot.publish(make_snapshot(2));
    }
    CHECK(words_of(first)[0] == 1);
    first->unpin();
    CHECK(Snapshot::live_count() == before);
}
