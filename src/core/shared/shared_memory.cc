#include "core/shared/shared_memory.h"

#include <chrono>
#include <cstring>
#include <new>
#include <thread>

namespace bgworkers {

namespace {

constexpr const char* kOutOfMemory = "out of memory";

// Another one copies just now; that takes as long as copying does.
constexpr int kTurns = 500;
constexpr std::chrono::milliseconds kTurn{1};

}  // namespace

Result<std::shared_ptr<SharedMemory>> SharedMemory::enter(Reservation& reservation, Form form) {
    Result<std::unique_ptr<Region>> region = reservation.enter();
    if (!region.ok()) {
        return region.status();
    }
    region.value()->claim_row();  // without one it reads copies
    return std::make_shared<SharedMemory>(std::move(region.value()), form);
}

Snapshot* SharedMemory::pin(uint32_t scope, uint64_t key, uint32_t publication, const char** why) noexcept {
    SharedPin pin;
    switch (marks_.pin(scope, publication, &pin)) {
        case PinResult::pinned: {
            if (!form_.is_sound(pin.data, pin.bytes)) {
                marks_.unpin(pin);
                *why = kSpoilt;
                return nullptr;
            }
            // Its version is the whole word, which is what the slot compares it with.
            Snapshot* snapshot = Snapshot::lent(shared_from_this(), pin.mark, pin.data, pin.bytes, pin.word);
            if (snapshot == nullptr) {
                marks_.unpin(pin);
                *why = kOutOfMemory;
            }
            return snapshot;
        }
        case PinResult::nothing:  // there was one, and nobody takes any back
        case PinResult::spoilt: *why = kSpoilt; return nullptr;
        case PinResult::none_left:
        case PinResult::lost: break;
    }
    return copy(scope, key, publication, why);
}

Snapshot* SharedMemory::copy(uint32_t scope, uint64_t key, uint32_t publication, const char** why) noexcept {
    SharedPin pin;
    // One copies at a time in this process, and one in all that have no row.
    PinResult result = marks_.pin_briefly(scope, key, publication, &pin);
    for (int turn = 0; result == PinResult::none_left && turn < kTurns; ++turn) {
        std::this_thread::sleep_for(kTurn);
        result = marks_.pin_briefly(scope, key, publication, &pin);
    }
    if (result != PinResult::pinned) {
        *why = result == PinResult::none_left ? "too many snapshots of the shared memory are in use" : kSpoilt;
        return nullptr;
    }
    Block block = Block::allocate(pin.bytes);
    if (block) {
        std::memcpy(block.data(), pin.data, pin.bytes);
    }
    // Before the work on the copy, for others wait for their turn. From here on pin.data is a number to be compared
    // with, no more.
    marks_.unpin(pin);
    if (!block) {
        *why = kOutOfMemory;
        return nullptr;
    }
    if (!form_.relocate(block.data(), pin.bytes, pin.data)) {
        *why = kSpoilt;
        return nullptr;
    }
    block.seal();
    Snapshot* snapshot = Snapshot::of(std::move(block), pin.word);
    if (snapshot == nullptr) {
        *why = kOutOfMemory;
    }
    return snapshot;
}

void SharedMemory::take_back(uint32_t loan) noexcept {
    SharedPin pin;
    pin.mark = loan;
    marks_.unpin(pin);
}

void SharedMemory::before_fork() noexcept { marks_.before_fork(); }
void SharedMemory::after_fork_in_parent() noexcept { marks_.after_fork_in_parent(Region::kUnknownChild); }
void SharedMemory::after_fork_in_child() noexcept { marks_.after_fork_in_child(); }

}  // namespace bgworkers
