// The other half of the store: what is in use, what is free, what was given.
#include <algorithm>

#include "core/base/sync_point.h"
#include "core/pool/store.h"

namespace bgworkers {

namespace {

constexpr uint64_t kPagesKept = 2048;  // free ones, besides as many as are in use and a quarter

}  // namespace

// Which replaced blocks do the living mark? Only a row that marks one is asked whether its process lives: that is a
// system call. Rows of the dead are freed on the way.
void Store::see_marks(std::vector<bool>* marked) const {
    uint64_t copies;
    do {
        // A fork may copy marks to a row that was passed already: then all rows are looked at again.
        copies = region_.scopes().copies.load();
        marked->assign(kBlocks, false);
        for (uint32_t i = 0; i < kPoolRows; ++i) {
            ProcessRow& row = region_.row(i);
            uint64_t owner = row.owner.load();
            if (owner == 0) {
                continue;
            }
            const uint64_t used = std::min<uint64_t>(row.marks_used.load(), kMarks);
            bool asked = false;
            for (uint64_t m = 0; m < used; ++m) {
                const uint64_t mark = row.marks[m].load();
                const uint32_t block = block_in(mark);
                if (mark != mark_of(scope_, block) || known_[block].state != State::replaced || (*marked)[block]) {
                    continue;
                }
                if (!asked && !region_.is_alive({owner})) {
                    BGW_SYNC_POINT("pool.free.seen_dead");
                    // A process that has taken the row since cannot have pinned one of these blocks, for all were
                    // replaced before this look began. Only a fork brings older marks, and that is counted.
                    row.owner.compare_exchange_strong(owner, 0);
                    break;
                }
                asked = true;
                (*marked)[block] = true;
            }
        }
        BGW_SYNC_POINT("pool.free.looked");
    } while (region_.scopes().copies.load() != copies);
}

void Store::collect_locked() {
    if (replaced_ == 0) {
        return;
    }
    see_marks(&marked_);
    // Backwards, since free_block() takes from this list.
    for (size_t i = ranges_.in_use().size(); i-- > 0;) {
        const uint32_t block = ranges_.in_use()[i].block;
        if (known_[block].state == State::replaced && !marked_[block]) {
            free_block(block);
        }
    }
    // Publications alternate between two places, and sizes vary: so much is kept for the next ones.
    const uint64_t used = ranges_.used_pages();
    if (committed_pages_ > used + used + used / 4 + kPagesKept) {
        trim();
    }
}

// Who has stepped down writes nothing: its successor has counted this block as it was.
void Store::free_block(uint32_t block) {
    const Known known = known_[block];
    replaced_ -= known.state == State::replaced;
    known_[block] = {};
    if (!leads()) {
        return;
    }
    // Before the pages: a leader that dies in between shall leave no two entries that overlap, which its successor
    // would call spoilt.
    head_.blocks[block].place.store(0);
    BGW_SYNC_POINT("pool.free.cleared");
    ranges_.give_back(known.page);
    BGW_SYNC_POINT("pool.free.done");
}

// All free pages go back to the system.
void Store::trim() {
    if (committed_pages_ > ranges_.used_pages()) {
        ranges_.for_each_gap([this](uint64_t page, uint64_t pages) BGW_NO_THREAD_SAFETY_ANALYSIS {
            if (missing(page, pages) != pages) {
                take_back(page, pages);
            }
        });
    }
}

void Store::take_back(uint64_t page, uint64_t pages) {
    // What the system does not take stays in the account, and is tried again.
    if (take_pages(region_.file(), region_.slice_at(scope_) + page * kSharedPage, pages * kSharedPage) != 0) {
        return;
    }
    BGW_SYNC_POINT("pool.free.taken");
    // Counted until they are gone: a death in between leaves too high a count, never one that lets others go over the
    // limit.
    const uint64_t had = pages - missing(page, pages);
    set_committed(page, pages, false);
    count(committed_pages_ - had);
}

// --- The account ---

void Store::count(uint64_t pages) noexcept {
    committed_pages_ = pages;
    region_.scopes().rows[scope_].committed.store(pages);
}

// More than a slice has is nonsense.
bool Store::count_all(uint64_t* pages) const noexcept {
    *pages = 0;
    for (uint32_t i = 0; i < region_.scope_count(); ++i) {
        const uint64_t of_scope = region_.scopes().rows[i].committed.load();
        if (of_scope > region_.slice_pages()) {
            return false;
        }
        *pages += of_scope;
    }
    return true;
}

uint64_t Store::missing(uint64_t page, uint64_t pages) const {
    const auto from = committed_.begin() + static_cast<std::ptrdiff_t>(page);
    return static_cast<uint64_t>(std::count(from, from + static_cast<std::ptrdiff_t>(pages), false));
}

void Store::set_committed(uint64_t page, uint64_t pages, bool committed) {
    const auto from = committed_.begin() + static_cast<std::ptrdiff_t>(page);
    std::fill(from, from + static_cast<std::ptrdiff_t>(pages), committed);
}

uint32_t Store::free_number() {
    for (uint32_t i = 0; i < kBlocks; ++i) {
        if (known_[i].state == State::free) {
            return i;
        }
    }
    return kBlocks;
}

Status Store::count_anew() {
    MutexLock lock(mutex_);
    if (!region_.set_slice_writable(scope_, true)) {
        return out_of_memory();
    }
    BGW_SYNC_POINT("pool.takeover.writable");
    // What is published comes first. Any other entry is either replaced and perhaps still marked, or of a block that
    // its leader died before publishing: nobody can have marked that, so the look below frees it.
    for (uint32_t i = 0; i < kPublications; ++i) {
        words_[i] = head_.publications[i].word.load();
        const uint32_t block = block_in(words_[i]);
        const uint64_t place = head_.blocks[block].place.load();
        if (words_[i] == 0) {
            continue;
        }
        if (!ranges_.take_at(place >> 32, place & UINT32_MAX, block)) {
            return spoilt();
        }
        known_[block] = {place >> 32, place & UINT32_MAX, State::published};
    }
    for (uint32_t block = 0; block < kBlocks; ++block) {
        const uint64_t place = head_.blocks[block].place.load();
        if (place == 0 || known_[block].state == State::published) {
            continue;
        }
        if (!ranges_.take_at(place >> 32, place & UINT32_MAX, block)) {
            return spoilt();
        }
        known_[block] = {place >> 32, place & UINT32_MAX, State::replaced};
        ++replaced_;
    }
    BGW_SYNC_POINT("pool.takeover.counted");
    // What the predecessor has left besides. Whatever has no entry now is nobody's.
    ranges_.for_each_gap([this](uint64_t page, uint64_t pages) {
        take_pages(region_.file(), region_.slice_at(scope_) + page * kSharedPage, pages * kSharedPage);
    });
    BGW_SYNC_POINT("pool.takeover.taken");
    for (const PageRanges::Range& range : ranges_.in_use()) {
        // An entry is written after its pages were given.
        set_committed(range.page, range.pages, true);
    }
    count(ranges_.used_pages());
    collect_locked();
    BGW_SYNC_POINT("pool.takeover.done");
    return {};
}

}  // namespace bgworkers
