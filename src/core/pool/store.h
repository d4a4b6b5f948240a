// The leader's hand: makes blocks in the scope's slice, publishes them, and frees what nobody reads any more.
//
// Made by the process that leads the scope, after it became the leader: it counts anew what is in use, from the
// publications and the marks of the living, and takes all other pages back. Nothing of what a predecessor left
// half-done is repaired, because nothing in the slice depends on it. Destroyed before the leader hands over.
//
// A block has its pages before it is written, so a write never fails: full memory is an error of reserve(). Free pages
// are kept for the next blocks; when there are clearly more of them than are in use, all go back to the system.
//
// Every step asks first whether this process still leads. The publication itself is a CAS from the word that this
// process knows: two writers, which there never are, could neither lose a version nor use one twice.
//
// Threads: any; a mutex, under which pages are taken back (a syscall, 0.5 ms a MiB), not given. Contents are written by
// whoever has the Draft, without it. Fork: the child has a Store that refuses everything, for it does not lead.
// Death: layout.h; a killed leader loses its drafts, whose pages its successor takes back.
#pragma once

#include <memory>
#include <vector>

#include "core/base/mutex.h"
#include "core/base/status.h"
#include "core/pool/leadership.h"
#include "core/pool/page_ranges.h"
#include "core/pool/region.h"

namespace bgworkers {

// A block that is being written; publish() or abandon() it.
struct Draft {
    void* data = nullptr;
    size_t bytes = 0;
    uint32_t block = 0;
};

class Store {
public:
    // An error: out of memory, or the slice is spoilt. is_spoilt: set to true when this is found, then or later;
    // nullptr or outlives the store.
    static Result<std::unique_ptr<Store>> open(Region& region, uint32_t scope, std::atomic<bool>* is_spoilt = nullptr);
    ~Store();
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

    Result<Draft> reserve(size_t bytes);
    void abandon(const Draft& draft);
    // The draft's block is what readers see from here on. now: unix time, seconds. Returns the version. On an error the
    // draft is abandoned.
    Result<uint64_t> publish(uint32_t publication, const Draft& draft, double now);
    // Frees what is not marked any more: publish() does, and reserve() when it is short of pages.
    void collect();

    struct Figures {
        uint64_t used_pages;  // of blocks that are published, marked or drafts
        uint64_t committed_pages;  // that were given to the slice
        uint64_t largest_gap;  // pages
        uint32_t blocks;
        uint32_t replaced;  // of them: replaced and still marked
    };
    Figures figures();

    void lock_for_fork() BGW_ACQUIRE(mutex_) { mutex_.lock(); }
    void unlock_after_fork() BGW_RELEASE(mutex_) { mutex_.unlock(); }
    void reinitialise() BGW_NO_THREAD_SAFETY_ANALYSIS { mutex_.reinitialise(); }

private:
    enum class State : uint8_t { free, draft, published, replaced };
    struct Known {
        uint64_t page = 0;
        uint64_t pages = 0;
        State state = State::free;
    };

    Store(Region& region, uint32_t scope, std::atomic<bool>* is_spoilt);
    Status spoilt();
    static Status out_of_memory();
    Status count_anew() BGW_EXCLUDES(mutex_);
    bool leads() const noexcept;
    void see_marks(std::vector<bool>* marked) const BGW_REQUIRES(mutex_);
    void collect_locked() BGW_REQUIRES(mutex_);
    void free_block(uint32_t block) BGW_REQUIRES(mutex_);
    void trim() BGW_REQUIRES(mutex_);
    bool count_all(uint64_t* pages) const noexcept;  // that were given to all slices; false: spoilt
    uint64_t missing(uint64_t page, uint64_t pages) const BGW_REQUIRES(mutex_);
    void set_committed(uint64_t page, uint64_t pages, bool committed) BGW_REQUIRES(mutex_);
    void count(uint64_t pages) noexcept BGW_REQUIRES(mutex_);
    void take_back(uint64_t page, uint64_t pages) BGW_REQUIRES(mutex_);
    uint32_t free_number() BGW_REQUIRES(mutex_);

    Region& region_;
    const uint32_t scope_;
    std::atomic<bool>* const is_spoilt_;
    SliceHead& head_;

    Mutex mutex_;
    PageRanges ranges_ BGW_GUARDED_BY(mutex_);
    std::vector<Known> known_ BGW_GUARDED_BY(mutex_);  // by block
    std::vector<bool> committed_ BGW_GUARDED_BY(mutex_);  // by page
    std::vector<bool> marked_ BGW_GUARDED_BY(mutex_);  // by block; used by collect_locked()
    uint64_t committed_pages_ BGW_GUARDED_BY(mutex_) = 0;
    uint32_t replaced_ BGW_GUARDED_BY(mutex_) = 0;
    uint64_t words_[kPublications] BGW_GUARDED_BY(mutex_) = {};
};

}  // namespace bgworkers
