// A block that was published: what readers of this process hold in common. It is a block of this process, or one that
// somebody lends (core/shared: memory of several processes), until the last pin is given back.
//
// Two parts, on purpose apart. The *block* is constant (block.h). This object holds what changes: how many pins
// the threads of this process have on it. It is the process's one mark on the block, whoever of its threads reads.
//
// Lifetime, the only rule: the block may be touched by whoever holds a pin, and by nobody else.
//   - of() returns with one pin, the writer's.
//   - Slot::publish() takes that pin over: the slot pins its current snapshot.
//   - Slot::pin_current() adds one under the slot's lock. It is the only way to a first pin: a bare
//     pointer read from elsewhere may be freed already.
//   - Whoever holds a pin may pin() again; unpin() gives one back. The last unpin() frees both parts,
//     on whichever thread it happens, so never call it while holding a lock.
//   - A PHP reader is handed the data itself, and PHP code keeps no count of it. So its thread keeps the
//     pin until the *request* is over (zend/values/read_cache), never just until the call returns. What a thread keeps
//     for its next request stands in reader_pins.h, where a publisher can take it.
//
// Threads: pin/unpin from any. Everything else by the writer before it is published. Fork: the child has a
// copy of everything; its counts hold what threads that are gone had pinned, so snapshots pinned by
// those are never freed there. Bailout: holders are found again through read_cache; a writer's own block is
// only held across code that cannot bail out.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "core/publish/block.h"

namespace bgworkers {

// Whoever lends blocks. Takes one back on any thread, under no lock of ours.
class Lender {
public:
    virtual void take_back(uint32_t loan) noexcept = 0;

protected:
    ~Lender() = default;
};

class Snapshot {
public:
    // Takes a sealed block over. nullptr if out of memory: the block is freed then. version: as another process has
    // numbered it; 0: not published yet.
    static Snapshot* of(Block block, uint64_t version = 0) noexcept;
    // A block that stays until the lender has it back. nullptr if out of memory: nothing was lent then.
    static Snapshot* lent(std::shared_ptr<Lender> lender, uint32_t loan, const void* data, size_t size,
                          uint64_t version) noexcept;

    const void* data() const noexcept { return data_; }
    size_t size() const noexcept { return size_; }

    // Set by Slot::publish(), or by whoever published it elsewhere. Unique in the process and never reused, for one
    // slot at least; 0 = not published.
    uint64_t version() const noexcept { return version_; }

    void pin() noexcept { pins_.fetch_add(1, std::memory_order_relaxed); }
    // True: that was the last one, and this object is gone.
    bool unpin() noexcept {
        if (pins_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            delete this;
            return true;
        }
        return false;
    }

    // How many snapshots exist in the process. For tests.
    static uint64_t live_count() noexcept;

private:
    friend class Slot;
    Snapshot() = default;
    ~Snapshot();

    std::atomic<uint64_t> pins_{1};
    uint64_t version_ = 0;
    const void* data_ = nullptr;
    size_t size_ = 0;
    Block block_;  // empty where it is lent
    std::shared_ptr<Lender> lender_;
    uint32_t loan_ = 0;
    // Bytes of replaced snapshots of its slot that are still pinned; empty before it is replaced. Shared, because the
    // last pin may be given back when the slot is gone.
    std::shared_ptr<std::atomic<uint64_t>> replaced_bytes_;
};

}  // namespace bgworkers
