#include "core/pool/marks.h"

#include "core/base/sync_point.h"
#include "core/os/process_life.h"

namespace bgworkers {

Marks::~Marks() {
    MutexLock lock(mutex_);
    if (region_.has_row() && region_.self().process() != this_process()) {
        return;  // the marks are the parent's
    }
    for (uint32_t i = 0; i < kMarks; ++i) {
        if (held_[i].pins != 0 && region_.has_row() && (i != kBrief || common_.nobody())) {
            region_.own_row().marks[i].store(0, std::memory_order_release);
        }
    }
    if (!common_.nobody()) {
        region_.leave_common_row(common_);
    }
}

// Marks what is published, and looks again until that is still what is published.
PinResult Marks::mark_current(uint32_t scope, uint32_t publication, ProcessRow& row, uint32_t at,
                              SharedPin* pin) noexcept {
    const SharedWord& shared = region_.slice(scope).publications[publication].word;
    uint64_t word = shared.load();
    // Before the mark: a leader looks no further than this.
    if (row.marks_used.load() <= at) {
        row.marks_used.store(at + 1);
    }
    BGW_SYNC_POINT("pool.mark.looked");
    while (word != 0) {
        // This store and the load below are in the one order of all: were the mark still on its way when the word is
        // looked at again, the leader could free the block and neither would know.
        row.marks[at].store(mark_of(scope, block_in(word)));
        BGW_SYNC_POINT("pool.mark.marked");
        const uint64_t again = shared.load();
        // Version and block: the same block may have been freed and published anew in between.
        if (again == word) {
            BGW_SYNC_POINT("pool.mark.kept");
            const PinResult result = describe(scope, word, pin);
            if (result != PinResult::pinned) {
                row.marks[at].store(0, std::memory_order_release);
            }
            return result;
        }
        // The mark that is there stays until the next one replaces it: no harm but a block that is kept for a moment.
        // It turns as often as is published meanwhile, so not for ever.
        word = again;
    }
    row.marks[at].store(0, std::memory_order_release);
    return PinResult::nothing;
}

// The block's entry does not change while it is marked, but a broken process may have written anything anywhere.
PinResult Marks::describe(uint32_t scope, uint64_t word, SharedPin* pin) const noexcept {
    const BlockEntry& entry = region_.slice(scope).blocks[block_in(word)];
    // Acquire: bytes and time were written before it.
    const uint64_t place = entry.place.load(std::memory_order_acquire);
    const uint64_t page = place >> 32, pages = place & UINT32_MAX;
    const uint64_t bytes = entry.bytes.load(std::memory_order_relaxed);
    if (page < kSliceHeadPages || pages == 0 || page + pages > region_.slice_pages() || bytes > pages * kSharedPage) {
        return PinResult::spoilt;
    }
    pin->data = reinterpret_cast<const char*>(&region_.slice(scope)) + page * kSharedPage;
    pin->bytes = bytes;
    pin->version = version_in(word);
    pin->word = word;
    pin->published_at = static_cast<double>(entry.published_at.load(std::memory_order_relaxed)) / 1e6;
    return PinResult::pinned;
}

PinResult Marks::pin(uint32_t scope, uint32_t publication, SharedPin* pin) noexcept {
    MutexLock lock(mutex_);
    if (!region_.has_row()) {
        return PinResult::lost;
    }
    const uint64_t word = Marks::word(region_, scope, publication);
    if (word == 0) {
        return PinResult::nothing;
    }
    const uint64_t mark = mark_of(scope, block_in(word));
    uint32_t free = kBrief;
    // Backwards, to end at the lowest that is free: a leader looks at all that were ever used.
    for (uint32_t i = kBrief; i-- > 0;) {
        if (held_[i].pins == 0) {
            free = i;
        } else if (held_[i].mark == mark) {
            // A block that is kept is not used again: whatever version the word has, it is this block's.
            const PinResult result = describe(scope, word, pin);
            held_[i].pins += result == PinResult::pinned;
            pin->mark = i;
            pin->brief = false;
            return result;
        }
    }
    if (free == kBrief) {
        return PinResult::none_left;
    }
    // Only before a new mark: it is a system call, 1.1 us of the 1.2 that such a pin takes.
    if (!region_.reassert()) {
        return PinResult::lost;
    }
    ProcessRow& row = region_.own_row();
    const PinResult result = mark_current(scope, publication, row, free, pin);
    if (result == PinResult::pinned) {
        // As it stands in the row: what was marked may be newer than the word above.
        held_[free] = {row.marks[free].load(std::memory_order_relaxed), 1};
        pin->mark = free;
        pin->brief = false;
    }
    return result;
}

PinResult Marks::pin_briefly(uint32_t scope, uint64_t key, uint32_t publication, SharedPin* pin) noexcept {
    MutexLock lock(mutex_);
    if (held_[kBrief].pins != 0) {
        return PinResult::none_left;
    }
    ProcessRow* row;
    if (region_.has_row()) {
        if (!region_.reassert()) {
            return PinResult::lost;
        }
        row = &region_.own_row();
    } else {
        if (!region_.take_common_row(&common_)) {
            common_ = {};
            return PinResult::none_left;
        }
        row = &region_.row(kCommonRow);
        // Before the look at the key: who gives the scope away takes the key first and looks for readers then. One of
        // the two sees the other.
        row->scopes.store(uint64_t{1} << scope);
        BGW_SYNC_POINT("pool.brief.taken");
    }
    PinResult result = region_.scopes().rows[scope].key.load() == key ? PinResult::pinned : PinResult::lost;
    if (result == PinResult::pinned) {
        result = mark_current(scope, publication, *row, kBrief, pin);
    }
    if (result == PinResult::pinned) {
        held_[kBrief].pins = 1;
        pin->mark = kBrief;
        pin->brief = true;
    } else if (!common_.nobody()) {
        region_.leave_common_row(common_);
        common_ = {};
    }
    return result;
}

void Marks::unpin(const SharedPin& pin) noexcept {
    MutexLock lock(mutex_);
    Held& held = held_[pin.mark];
    if (held.pins == 0 || --held.pins != 0) {
        return;
    }
    BGW_SYNC_POINT("pool.mark.clearing");
    if (pin.brief && !common_.nobody()) {
        region_.leave_common_row(common_);
        common_ = {};
    } else if (region_.has_row()) {
        // Release: what was read of the block was read before its pages may serve another.
        region_.own_row().marks[pin.mark].store(0, std::memory_order_release);
    }
}

SharedPin Marks::look(uint32_t scope, uint32_t publication) const noexcept {
    SharedPin seen;
    // No mark is needed: only the entry is looked at, in the head of the slice, whose pages always stay.
    const SharedWord& shared = place(region_, scope, publication);
    for (uint64_t word = shared.load(); word != 0;) {
        const PinResult result = describe(scope, word, &seen);
        const uint64_t again = shared.load();
        if (again == word) {  // else the entry may have been another block's meanwhile
            return result == PinResult::pinned ? seen : SharedPin{};
        }
        word = again;
    }
    return {};
}

uint32_t Marks::count() noexcept {
    MutexLock lock(mutex_);
    uint32_t count = 0;
    for (const Held& held : held_) {
        count += held.pins != 0;
    }
    return count;
}

bool Marks::before_fork() noexcept {
    mutex_.lock();
    if (region_.before_fork()) {
        return true;
    }
    // One pin more, which nobody gives back. Not of the brief one: the thread that copies under it is not in the child.
    for (uint32_t i = 0; i < kBrief; ++i) {
        held_[i].pins += held_[i].pins != 0;
    }
    return false;
}

void Marks::after_fork_in_parent(uint32_t child) noexcept {
    region_.after_fork_in_parent(child);
    mutex_.unlock();
}

void Marks::after_fork_in_child() noexcept {
    mutex_.reinitialise();
    // The parent goes on with that row, and with its brief copy.
    common_ = {};
    held_[kBrief] = {};
    region_.after_fork_in_child();
    if (region_.has_row()) {
        region_.own_row().marks[kBrief].store(0, std::memory_order_release);
    }
}

}  // namespace bgworkers
