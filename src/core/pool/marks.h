// What this process holds of the published blocks.
//
// A block may be touched while its process has a mark on it, by whoever holds a SharedPin here, and by nobody else.
// Pins are counted in private memory, whatever thread takes them; the first pin on a block sets the process's mark, the
// last one clears it. A mark that is in the row when the second look at the publication finds it unchanged keeps the
// block's pages until it is cleared, or the process is dead.
//
// A process has kMarks - 1 marks for as long as it likes. When they are used up, and in a process that found no row, it
// can pin_briefly(), to copy out: one block at a time in this process, and one in all processes without a row.
//
// Threads: any; a short mutex, nothing is allocated and nothing waits under it. Hot reads come here only for a new
// word: see word(). Bailout: a pin that is lost with its frame has to be found again by its owner. Fork: before_fork()
// to after_fork_in_parent() or _in_child() around the fork. The child has all pins of the parent, the brief one
// excepted. Death at any step leaves marks of the dead, which nobody counts.
#pragma once

#include "core/base/mutex.h"
#include "core/pool/region.h"

namespace bgworkers {

enum class PinResult {
    pinned,
    nothing,  // not published yet
    none_left,  // no mark is free; pin_briefly(): somebody copies just now, try again
    spoilt,  // what the publication leads to lies outside the region
    lost,  // this process has no row, or no longer
};

struct SharedPin {
    const void* data = nullptr;
    size_t bytes = 0;
    uint64_t version = 0;
    uint64_t word = 0;  // of the publication: version and block
    double published_at = 0;  // unix time, seconds
    uint32_t mark = 0;
    bool brief = false;
};

class Marks {
public:
    explicit Marks(Region& region) noexcept : region_(region) {}
    ~Marks();  // clears all
    Marks(const Marks&) = delete;
    Marks& operator=(const Marks&) = delete;

    // The word of a publication; as long as it does not change, what was pinned last is current. One load, no lock, no
    // system call. 0: nothing is published. Its place does not change either. publication < kPublications.
    static const SharedWord& place(const Region& region, uint32_t scope, uint32_t publication) noexcept {
        return region.slice(scope).publications[publication].word;
    }
    static uint64_t word(const Region& region, uint32_t scope, uint32_t publication) noexcept {
        return place(region, scope, publication).load(std::memory_order_acquire);
    }

    PinResult pin(uint32_t scope, uint32_t publication, SharedPin* pin) noexcept;
    // key: the scope's (scope_table.h); a process without a row is in no scope, which may become another meanwhile.
    PinResult pin_briefly(uint32_t scope, uint64_t key, uint32_t publication, SharedPin* pin) noexcept;
    void unpin(const SharedPin& pin) noexcept;

    // What would be pinned, without a pin: for a look alone. data is nullptr if there is nothing.
    SharedPin look(uint32_t scope, uint32_t publication) const noexcept;

    // How many marks are set. For tests and status.
    uint32_t count() noexcept;

    // False: no row is left for the child. Then this process keeps for good what it has marked now: the child may see
    // that.
    bool before_fork() noexcept BGW_ACQUIRE(mutex_);
    void after_fork_in_parent(uint32_t child) noexcept BGW_RELEASE(mutex_);
    void after_fork_in_child() noexcept BGW_NO_THREAD_SAFETY_ANALYSIS;

private:
    static constexpr uint32_t kBrief = kMarks - 1;

    struct Held {
        uint64_t mark = 0;  // as in the row
        uint32_t pins = 0;
    };

    PinResult mark_current(uint32_t scope, uint32_t publication, ProcessRow& row, uint32_t at, SharedPin* pin) noexcept;
    PinResult describe(uint32_t scope, uint64_t word, SharedPin* pin) const noexcept;

    Region& region_;
    Mutex mutex_;
    Held held_[kMarks] BGW_GUARDED_BY(mutex_);
    ProcessId common_ BGW_GUARDED_BY(mutex_);  // the common row, while a process without a row copies
};

}  // namespace bgworkers
