#ifdef __linux__
#include <catch2/catch_test_macros.hpp>

#include "pool/pool_support.h"

using namespace bgworkers;
using namespace bgworkers::test;

namespace {

// The test's process as a member that leads; it has no other.
struct Leader {
    std::unique_ptr<Reservation> reservation;
    Member member;

    explicit Leader(const PoolSettings& settings = small_pool()) {
        reservation = std::move(Reservation::make(settings).value());
        REQUIRE(reservation != nullptr);
        REQUIRE(member.enter(*reservation));
        REQUIRE(member.lead());
    }
    Store& store() { return *member.store; }
};

uint64_t value_of(const SharedPin& pin) { return *static_cast<const uint64_t*>(pin.data); }

}  // namespace

TEST_CASE("what is published is read in place, whole, with its version, size and time", "[pool][store]") {
    Leader leader;
    SharedPin pin;
    CHECK(Marks::word(*leader.member.region, leader.member.scope, 3) == 0);
    CHECK(leader.member.marks->pin(leader.member.scope, 3, &pin) == PinResult::nothing);
    uint64_t version = 0;
    for (const size_t bytes : {8u, 4096u, 4104u, 1u << 20}) {
        uint64_t next = 0;
        REQUIRE(leader.member.publish(3, bytes, bytes, &next));
        CHECK(next == version + 1);
        version = next;
        REQUIRE(leader.member.marks->pin(leader.member.scope, 3, &pin) == PinResult::pinned);
        CHECK(pin.bytes == bytes);
        CHECK(pin.version == version);
        CHECK(pin.published_at == 1.5);
        uint64_t value = 0;
        CHECK(is_whole(pin, &value));
        CHECK(value == bytes);
        leader.member.marks->unpin(pin);
    }
    CHECK(Marks::word(*leader.member.region, leader.member.scope, 2) == 0);
}

TEST_CASE("a replaced block is kept as long as it is pinned, and its pages serve the next one then", "[pool][store]") {
    Leader leader;
    Marks& marks = *leader.member.marks;
    const uint32_t scope = leader.member.scope;
    REQUIRE(leader.member.publish(0, 1));
    SharedPin first, second, same;
    REQUIRE(marks.pin(scope, 0, &first) == PinResult::pinned);
    REQUIRE(marks.pin(scope, 0, &same) == PinResult::pinned);
    CHECK(same.data == first.data);
    CHECK(marks.count() == 1);
    REQUIRE(leader.member.publish(0, 2));
    REQUIRE(marks.pin(scope, 0, &second) == PinResult::pinned);
    CHECK(marks.count() == 2);
    CHECK(leader.store().figures().replaced == 1);
    CHECK((value_of(first) == 1 && value_of(second) == 2));
    marks.unpin(first);
    leader.store().collect();
    CHECK(leader.store().figures().replaced == 1);  // `same` holds it
    CHECK(value_of(same) == 1);
    marks.unpin(same);
    leader.store().collect();
    CHECK(leader.store().figures().replaced == 0);
    CHECK(leader.store().figures().used_pages == 1);
    auto draft = leader.store().reserve(8);
    REQUIRE(draft.ok());
    CHECK(draft.value().data == first.data);
    leader.store().abandon(draft.value());
    marks.unpin(second);
    CHECK(leader.store().figures().blocks == 1);
}

TEST_CASE("a process that has used up its marks copies, one at a time", "[pool][store]") {
    Leader leader;
    Marks& marks = *leader.member.marks;
    const uint32_t scope = leader.member.scope;
    std::vector<SharedPin> pins(kMarks - 1);
    for (size_t i = 0; i < pins.size(); ++i) {
        REQUIRE(leader.member.publish(0, i));
        REQUIRE(marks.pin(scope, 0, &pins[i]) == PinResult::pinned);
    }
    REQUIRE(leader.member.publish(0, 100));
    SharedPin pin, other;
    CHECK(marks.pin(scope, 0, &pin) == PinResult::none_left);
    REQUIRE(marks.pin_briefly(scope, leader.member.key, 0, &pin) == PinResult::pinned);
    CHECK(value_of(pin) == 100);
    CHECK(marks.pin_briefly(scope, leader.member.key, 0, &other) == PinResult::none_left);
    REQUIRE(leader.member.publish(0, 101));
    CHECK(value_of(pin) == 100);
    CHECK(leader.store().figures().replaced == kMarks);
    marks.unpin(pin);
    REQUIRE(marks.pin_briefly(scope, leader.member.key, 0, &other) == PinResult::pinned);
    CHECK(value_of(other) == 101);
    marks.unpin(other);
    for (size_t i = 0; i < pins.size(); ++i) {
        CHECK(value_of(pins[i]) == i);
        marks.unpin(pins[i]);
    }
    leader.store().collect();
    CHECK(leader.store().figures().blocks == 1);
}

TEST_CASE("full memory is an error that tells sizes, and what is published stays", "[pool][store]") {
    Leader leader(small_pool(1 * kMiB));
    REQUIRE(leader.member.publish(0, 7, 512 * 1024));
    auto refused = leader.store().reserve(600 * 1024);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.status().message() ==
          "the shared memory is full: 614400 bytes do not fit; 524288 of 1048576 bytes (bgworkers.shared_memory) are "
          "in use");
    SharedPin pin;
    REQUIRE(leader.member.marks->pin(leader.member.scope, 0, &pin) == PinResult::pinned);
    CHECK(is_whole(pin));
    REQUIRE(leader.member.publish(0, 8, 512 * 1024));
    CHECK_FALSE(leader.member.publish(0, 9, 512 * 1024));  // the first is pinned, the second is published
    CHECK(value_of(pin) == 7);
    leader.member.marks->unpin(pin);
    CHECK(leader.member.publish(0, 9, 512 * 1024));  // it is freed when there is need
    CHECK_FALSE(leader.store().reserve(SIZE_MAX).ok());
    CHECK_FALSE(leader.store().reserve(SIZE_MAX - 4095).ok());
    CHECK(leader.store().figures().committed_pages <= 256);
    CHECK(given_bytes(leader.member.region->file()) <= 1 * kMiB + kControlBytes + 2 * sizeof(SliceHead));
}

TEST_CASE("the limit is that of all scopes together", "[pool][store]") {
    Leader leader(small_pool(1 * kMiB));
    REQUIRE(leader.member.publish(0, 7, 700 * 1024));
    auto* other = new Member;  // the same process in another scope, by way of the same region
    uint32_t scope = 0;
    REQUIRE(join_scope(*leader.member.region, scope_key("other"), &scope) == JoinResult::joined);
    REQUIRE(scope != leader.member.scope);
    delete other;
    Leadership leadership(*leader.member.region, scope);
    leadership.join_line();
    REQUIRE(leadership.tick() == Leadership::Event::leads);
    auto store = Store::open(*leader.member.region, scope);
    REQUIRE(store.ok());
    CHECK_FALSE(store.value()->reserve(400 * 1024).ok());
    auto draft = store.value()->reserve(300 * 1024);
    REQUIRE(draft.ok());
    CHECK_FALSE(leader.member.publish(1, 8, 100 * 1024));
    store.value()->abandon(draft.value());
    // Free pages that the other scope has kept count until it gives them back.
    CHECK_FALSE(store.value()->reserve(500 * 1024).ok());
    CHECK(leader.member.publish(1, 8, 100 * 1024));
}

TEST_CASE("free pages are kept for the next block, and go back to the system when they are too many", "[pool][store]") {
    Leader leader(small_pool(128 * kMiB));
    const int file = leader.member.region->file();
    const size_t before = given_bytes(file);
    for (int i = 0; i < 6; ++i) {
        REQUIRE(leader.member.publish(0, 1, 20 * kMiB));
    }
    CHECK(given_bytes(file) - before == 40 * kMiB);
    REQUIRE(leader.member.publish(1, 1, 8));
    REQUIRE(leader.member.publish(0, 1, 8));
    CHECK(given_bytes(file) - before == 2 * kSharedPage);
    CHECK(leader.store().figures().committed_pages == 2);
    CHECK(leader.store().figures().used_pages == 2);
}

TEST_CASE("all numbers of blocks used up is an error, too", "[pool][store]") {
    Leader leader(small_pool(64 * kMiB));
    std::vector<Draft> drafts;
    for (uint32_t i = 0; i < kBlocks; ++i) {
        auto draft = leader.store().reserve(1);
        REQUIRE(draft.ok());
        drafts.push_back(draft.value());
    }
    CHECK_FALSE(leader.store().reserve(1).ok());
    leader.store().abandon(drafts.back());
    CHECK(leader.store().reserve(1).ok());
}

TEST_CASE("a process that no longer leads publishes nothing and frees nothing", "[pool][store]") {
    Leader leader;
    Marks& marks = *leader.member.marks;
    REQUIRE(leader.member.publish(0, 1));
    auto draft = leader.store().reserve(8);
    REQUIRE(draft.ok());
    SharedPin pin;
    REQUIRE(marks.pin(leader.member.scope, 0, &pin) == PinResult::pinned);
    SharedWord& name = leader.member.region->scopes().rows[leader.member.scope].leader;
    const uint64_t self = name.exchange(ProcessId::of(1, 0, 5).word);
    CHECK_FALSE(leader.store().publish(0, draft.value(), 0).ok());
    CHECK_FALSE(leader.store().reserve(8).ok());
    CHECK(version_in(Marks::word(*leader.member.region, leader.member.scope, 0)) == 1);
    CHECK(leader.member.leadership->tick() == Leadership::Event::stepped_down);
    CHECK(leader.member.leadership->tick() == Leadership::Event::none);
    name.store(self);
    marks.unpin(pin);
}

TEST_CASE("a publication that is not what the leader has left is not replaced", "[pool][store]") {
    Leader leader;
    REQUIRE(leader.member.publish(0, 1));
    SharedWord& word = leader.member.region->slice(leader.member.scope).publications[0].word;
    const uint64_t before = word.load();
    word.store(publication_word(77, block_in(before)));
    CHECK_FALSE(leader.member.publish(0, 2));
    CHECK(version_in(word.load()) == 77);
    CHECK(leader.store().figures().blocks == 1);
}
#endif
