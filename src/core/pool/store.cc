#include "core/pool/store.h"

#include <algorithm>
#include <new>
#include <system_error>

#include "core/base/sync_point.h"

namespace bgworkers {

namespace {

uint64_t pages_for(size_t bytes) { return bytes / kSharedPage + (bytes % kSharedPage != 0); }

Status stepped_down() { return Status::runtime("cannot publish: another process leads the shared workers"); }

}  // namespace

Store::Store(Region& region, uint32_t scope, std::atomic<bool>* is_spoilt)
    : region_(region),
      scope_(scope),
      is_spoilt_(is_spoilt),
      head_(region.slice(scope)),
      ranges_(kSliceHeadPages, region.slice_pages(), kBlocks),
      known_(kBlocks),
      committed_(region.slice_pages()),
      marked_(kBlocks) {}

Status Store::spoilt() {
    if (is_spoilt_ != nullptr) {
        is_spoilt_->store(true);
    }
    return Status::runtime("the shared memory is spoilt");
}

Status Store::out_of_memory() { return Status::runtime("out of memory"); }

Store::~Store() { region_.set_slice_writable(scope_, false); }

Result<std::unique_ptr<Store>> Store::open(Region& region, uint32_t scope, std::atomic<bool>* is_spoilt) {
    try {
        std::unique_ptr<Store> store(new Store(region, scope, is_spoilt));
        if (!store->leads()) {
            return stepped_down();
        }
        if (Status counted = store->count_anew(); !counted.ok()) {
            return counted;
        }
        return store;
    } catch (const std::bad_alloc&) {
        return out_of_memory();
    }
}

bool Store::leads() const noexcept {
    const ProcessId self = region_.self();
    return !self.nobody() && region_.scopes().rows[scope_].leader.load() == self.word;
}

Result<Draft> Store::reserve(size_t bytes) {
    const uint64_t pages = std::max<uint64_t>(pages_for(bytes), 1), limit = region_.head().limit_bytes / kSharedPage;
    uint64_t page = 0, first = 0, last = 0, of_all = 0;
    uint32_t block = kBlocks;
    {
        MutexLock lock(mutex_);
        if (!leads()) {
            return stepped_down();
        }
        for (const bool again : {false, true}) {
            // Not before it has to be: to give pages back costs 0.5 ms a MiB, to get them again more, and the next
            // block wants them.
            if (again) {
                collect_locked();
                trim();
            }
            block = free_number();
            page = block == kBlocks ? 0 : ranges_.take(pages, block);
            if (page == 0) {
                continue;
            }
            // Counted before they are given, so that two leaders who look at each other's count do not both go on.
            const uint64_t more = missing(page, pages);
            count(committed_pages_ + more);
            const bool sound = count_all(&of_all);
            if (sound && of_all <= limit) {
                break;
            }
            count(committed_pages_ - more);
            ranges_.give_back(page);
            page = 0;
            if (!sound) {
                return spoilt();
            }
        }
        if (page == 0) {
            count_all(&of_all);
            return Status::runtime("the shared memory is full: " + std::to_string(bytes) + " bytes do not fit; " +
                                   std::to_string(of_all * kSharedPage) + " of " + std::to_string(limit * kSharedPage) +
                                   " bytes (bgworkers.shared_memory) are in use");
        }
        // Those at both ends that are there already are not asked for: for 64 MiB that alone would take 24 ms.
        known_[block] = {page, pages, State::draft};
        for (first = page; first < page + pages && committed_[first]; ++first) {
        }
        for (last = page + pages; last > first && committed_[last - 1]; --last) {
        }
        set_committed(page, pages, true);
    }
    BGW_SYNC_POINT("pool.reserve.counted");
    // Outside the mutex: new pages for 64 MiB take 30 ms, and others publish meanwhile.
    const int error = last > first ? give_pages(region_.file(), region_.slice_at(scope_) + first * kSharedPage,
                                                (last - first) * kSharedPage)
                                   : 0;
    BGW_SYNC_POINT("pool.reserve.given");
    const Draft draft{reinterpret_cast<char*>(&head_) + page * kSharedPage, bytes, block};
    if (error != 0) {
        MutexLock lock(mutex_);
        // Otherwise its successor has counted these pages, and may have given them to a block.
        if (leads()) {
            // Whatever the system says to this: they count as not given, and are asked for again.
            take_pages(region_.file(), region_.slice_at(scope_) + page * kSharedPage, pages * kSharedPage);
            set_committed(page, pages, false);
            count(committed_pages_ - pages);
        }
        ranges_.give_back(page);
        known_[block] = {};
        return Status::runtime("no shared memory for " + std::to_string(bytes) +
                               " bytes: " + std::generic_category().message(error));
    }
    return draft;
}

void Store::abandon(const Draft& draft) {
    MutexLock lock(mutex_);
    if (known_[draft.block].state == State::draft) {
        free_block(draft.block);
    }
}

Result<uint64_t> Store::publish(uint32_t publication, const Draft& draft, double now) {
    MutexLock lock(mutex_);
    BlockEntry& entry = head_.blocks[draft.block];
    const Known& known = known_[draft.block];
    if (known.state != State::draft || publication >= kPublications) {
        return Status::runtime("cannot publish: no such block");
    }
    // A script may have made the process lose its locks: others would have /proc alone to see that it lives.
    if (!region_.reassert() || !leads()) {
        free_block(draft.block);
        return stepped_down();
    }
    BGW_SYNC_POINT("pool.publish.written");
    entry.bytes.store(draft.bytes, std::memory_order_relaxed);
    entry.published_at.store(static_cast<uint64_t>(now * 1e6), std::memory_order_relaxed);
    // After what it covers: readers load it with acquire.
    entry.place.store(place_of(known.page, known.pages));
    BGW_SYNC_POINT("pool.publish.entered");
    // What it has written itself, not what stands there: a word of somebody else's shall fail below, not be counted on
    // from.
    const uint64_t before = words_[publication];
    const uint64_t word = publication_word(version_in(before) + 1, draft.block);
    uint64_t expected = before;
    // Asked again as late as can be: if another one was named meanwhile, it is about to count the slice.
    if (!leads() || !head_.publications[publication].word.compare_exchange_strong(expected, word)) {
        free_block(draft.block);
        // Nobody but the leader can write there.
        return leads() ? spoilt() : stepped_down();
    }
    BGW_SYNC_POINT("pool.publish.published");
    words_[publication] = word;
    known_[draft.block].state = State::published;
    if (before != 0) {
        known_[block_in(before)].state = State::replaced;
        ++replaced_;
    }
    // Looks for marks only now that the word is new: a reader that marks the old block from here on finds that out with
    // its second look, and lets go.
    collect_locked();
    BGW_SYNC_POINT("pool.publish.collected");
    return version_in(word);
}

void Store::collect() {
    MutexLock lock(mutex_);
    if (leads()) {
        collect_locked();
    }
}

Store::Figures Store::figures() {
    MutexLock lock(mutex_);
    return {ranges_.used_pages(), committed_pages_, ranges_.largest_gap(),
            static_cast<uint32_t>(ranges_.in_use().size()), replaced_};
}

}  // namespace bgworkers
