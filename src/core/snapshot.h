// One published snapshot: a block of memory that is written once, then read by many threads.
//
// Two parts, on purpose apart. The *data* block holds the whole PHP array, contiguous, and points
// nowhere outside itself (except to what the engine keeps for the whole process). After seal() no
// byte of it is written again until it is freed: readers on any thread use it without a lock, and
// where protection is on it is mapped read-only. The *control* block (this object) holds what
// has to change: the count of pins.
//
// Lifetime, the only rule: the data may be touched by whoever holds a pin, and by nobody else.
//   - allocate() returns with one pin, the writer's.
//   - Slot::publish() takes that pin over: the slot pins its current snapshot.
//   - Slot::pin_current() adds one under the slot's lock. It is the only way to a first pin: a bare
//     pointer read from elsewhere may be freed already.
//   - Whoever holds a pin may pin() again; unpin() gives one back. The last unpin() frees both parts,
//     on whichever thread it happens, so never call it while holding a lock.
//   - A PHP reader is handed the data itself, and PHP code keeps no count of it. So its thread keeps the
//     pin until the *request* is over (zend/read_cache), never just until the call returns.
//
// Threads: pin/unpin from any. Everything else by the writer before seal(). Fork: the child has a
// copy of everything; its counts hold what threads that are gone had pinned, so snapshots pinned by
// those are never freed there. Bailout: holders are found again through read_cache; a writer's own block is
// only held across code that cannot bail out.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace bgworkers {

class Snapshot {
public:
    // Blocks of this size or more come from mmap: publisher and last reader are different threads, and a malloc
    // arena would keep the memory. One such block, the last that was freed, is kept for the next, not cleared.
    static constexpr size_t kMapThreshold = 128 * 1024;

    // nullptr if memory is out. The data is not initialised; it is aligned for any type.
    static Snapshot* allocate(size_t bytes) noexcept;

    // Map every block and make it read-only in seal(). For debug builds and tests; set before the first allocate().
    static void protect_sealed_blocks(bool on) noexcept;

    void* data() const noexcept { return data_; }
    size_t size() const noexcept { return size_; }

    // The data is complete; from here on it is constant.
    void seal() noexcept;

    // Set by Slot::publish(). Unique in the process, never reused; 0 = not published.
    uint64_t version() const noexcept { return version_; }

    void pin() noexcept { pins_.fetch_add(1, std::memory_order_relaxed); }
    void unpin() noexcept {
        if (pins_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            destroy();
        }
    }

    // End of the module: gives the kept block back to the system.
    static void drop_spare() noexcept;

    // How many snapshots exist in the process. For tests and the soak report.
    static uint64_t live_count() noexcept;

private:
    friend class Slot;
    Snapshot() = default;
    ~Snapshot() = default;
    void destroy() noexcept;

    std::atomic<uint64_t> pins_{1};
    uint64_t version_ = 0;
    void* data_ = nullptr;
    size_t size_ = 0;
    size_t mapped_ = 0;  // bytes mapped, 0 = from malloc
    bool read_only_ = false;
};

}  // namespace bgworkers
