#include "core/publish/reader_pins.h"

#include <catch2/catch_test_macros.hpp>

#include <deque>

#include "core/publish/slot.h"
#include "support/support.h"
#include "support/sync_points.h"

using namespace bgworkers;
using namespace bgworkers::test;

namespace {

// A place for a snapshot, and what names it.
struct Kept {
    explicit Kept(Slot& slot) : pin{&slot, &snapshot, nullptr} {}
    Kept(const Kept&) = delete;
    Kept& operator=(const Kept&) = delete;
    Snapshot* snapshot = nullptr;
    KeptPin pin;
};

// As a reader's thread does: inside a request it pins the newest snapshot in place of what it kept.
void read(Slot& slot, Kept& kept) {
    Snapshot* newest = slot.pin_current();
    if (kept.snapshot != nullptr) {
        kept.snapshot->unpin();
    }
    kept.snapshot = newest;
}

}  // namespace

TEST_CASE("what an idle thread keeps is taken back when it becomes stale", "[reader_pins]") {
    Slot slot;
    Slot other;
    slot.publish(make_snapshot(1, 100));
    other.publish(make_snapshot(1, 100));
    Kept pins[] = {Kept(slot), Kept(other)};
    ReaderPins reader;
    for (Kept& pin : pins) {
        reader.add(&pin.pin);
    }
    read(slot, pins[0]);
    read(other, pins[1]);
    reader.leave();
    CHECK(slot.facts().replaced_bytes == 0);
    CHECK(pins[0].snapshot != nullptr);  // the newest costs nothing

    slot.publish(make_snapshot(2));
    CHECK(slot.facts().replaced_bytes == 0);
    CHECK(pins[0].snapshot == nullptr);
    CHECK(pins[1].snapshot != nullptr);  // of another worker, and still the newest

    reader.enter();
    read(slot, pins[0]);
    CHECK(words_of(pins[0].snapshot)[0] == 2);
    CHECK(words_of(pins[1].snapshot)[0] == 1);
    reader.leave();
}

TEST_CASE("what a thread keeps inside a request stays until it leaves, and goes then if it is stale", "[reader_pins]") {
    Slot slot;
    slot.publish(make_snapshot(1, 100));
    Kept pin(slot);
    ReaderPins reader;
    reader.add(&pin.pin);
    read(slot, pin);
    slot.publish(make_snapshot(2, 100));
    slot.publish(make_snapshot(3));
    REQUIRE(pin.snapshot != nullptr);
    CHECK(words_of(pin.snapshot)[0] == 1);
    CHECK(slot.facts().replaced_bytes == 800);
    reader.leave();
    CHECK(pin.snapshot == nullptr);
    CHECK(slot.facts().replaced_bytes == 0);
}

TEST_CASE("a request that was never left may be entered again", "[reader_pins]") {
    Slot slot;
    slot.publish(make_snapshot(1));
    Kept pin(slot);
    ReaderPins reader;
    reader.add(&pin.pin);
    read(slot, pin);
    reader.enter();
    reader.enter();
    slot.publish(make_snapshot(2));
    CHECK(pin.snapshot != nullptr);
    reader.leave();
    reader.leave();
    CHECK(pin.snapshot == nullptr);
}

TEST_CASE("a thread that leaves the engine gives back all it keeps", "[reader_pins]") {
    const uint64_t before = Snapshot::live_count();
    {
        Slot slot;
        slot.publish(make_snapshot(1));
        Kept pin(slot);
        Kept nothing(slot);
        auto reader = std::make_unique<ReaderPins>();
        ReaderPins neighbour;
        reader->add(&pin.pin);
        reader->add(&nothing.pin);
        read(slot, pin);
        slot.publish(make_snapshot(2));
        CHECK(Snapshot::live_count() == before + 2);
        reader.reset();
        CHECK(Snapshot::live_count() == before + 1);
        slot.publish(make_snapshot(3));  // the table has forgotten it
    }
    CHECK(Snapshot::live_count() == before);
}

TEST_CASE("more stale pins than are taken at once all go", "[reader_pins]") {
    const uint64_t before = Snapshot::live_count();
    {
        Slot slot;
        std::deque<Kept> pins;
        ReaderPins reader;
        for (int i = 0; i < 100; ++i) {
            reader.add(&pins.emplace_back(slot).pin);
        }
        slot.publish(make_snapshot(1));
        for (Kept& pin : pins) {
            read(slot, pin);
        }
        reader.leave();
        slot.publish(make_snapshot(2));
        CHECK(Snapshot::live_count() == before + 1);
    }
    CHECK(Snapshot::live_count() == before);
}

TEST_CASE("a request that begins while a publisher takes pins waits for it", "[reader_pins]") {
    Slot slot;
    slot.publish(make_snapshot(1, 100));
    Kept pin(slot);
    ReaderPins reader;
    reader.add(&pin.pin);
    read(slot, pin);
    reader.leave();
    Threads threads;
    std::atomic<bool> entered{false};
    {
        StopAt taking("reader_pins.take.swept");
        StopAt entering("reader_pins.enter.swept");
        threads.run([&] { slot.publish(make_snapshot(2)); });
        REQUIRE(taking.wait_until_reached());
        threads.run([&] {
            reader.enter();
            entered = true;
            read(slot, pin);
        });
        REQUIRE(entering.wait_until_reached());
        entering.let_go();
        CHECK_FALSE(entered);
        taking.let_go();
    }
    threads.join();
    CHECK(entered);
    CHECK(words_of(pin.snapshot)[0] == 2);
    CHECK(slot.facts().replaced_bytes == 0);
}

TEST_CASE("a snapshot that becomes stale while its thread is leaving is not forgotten", "[reader_pins]") {
    Slot slot;
    slot.publish(make_snapshot(1, 100));
    Kept pin(slot);
    ReaderPins reader;
    reader.add(&pin.pin);
    read(slot, pin);
    {
        StopAt leaving("reader_pins.leave.before_outside");
        Threads threads;
        threads.run([&] { reader.leave(); });
        REQUIRE(leaving.wait_until_reached());
        slot.publish(make_snapshot(2));
        CHECK(slot.facts().replaced_bytes == 800);
        leaving.let_go();
    }
    CHECK(slot.facts().replaced_bytes == 0);
    CHECK(pin.snapshot == nullptr);
}

TEST_CASE("threads come, read, leave and go while others publish: nothing is read that was freed", "[reader_pins]") {
    const uint64_t before = Snapshot::live_count();
    {
        constexpr int kSlots = 3;
        Slot slots[kSlots];
        for (Slot& slot : slots) {
            slot.publish(make_snapshot(1, 50));
        }
        std::atomic<bool> over{false};
        std::atomic<int> torn{0};
        Threads readers;
        readers.run(4, [&](int) {
            while (!over) {
                Kept pins[] = {Kept(slots[0]), Kept(slots[1]), Kept(slots[2])};
                ReaderPins reader;
                for (Kept& pin : pins) {
                    reader.add(&pin.pin);
                }
                for (int request = 0; request < 50; ++request) {
                    if (request > 0) {
                        reader.enter();
                    }
                    for (int i = 0; i < kSlots; ++i) {
                        if (pins[i].snapshot == nullptr || pins[i].pin.is_stale()) {
                            read(slots[i], pins[i]);
                        }
                        torn += !is_whole(pins[i].snapshot);
                    }
                    reader.leave();
                }
            }
        });
        Threads writers;
        writers.run(2, [&](int writer) {
            for (uint64_t n = 0; n < 3000; ++n) {
                slots[(n + writer) % kSlots].publish(make_snapshot(n, 50));
            }
        });
        writers.join();
        over = true;
        readers.join();
        CHECK(torn == 0);
        for (Slot& slot : slots) {
            CHECK(slot.facts().replaced_bytes == 0);
        }
    }
    CHECK(Snapshot::live_count() == before);
}
