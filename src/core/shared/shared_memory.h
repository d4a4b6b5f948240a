// The memory that this process shares with others of its user: its region, and what it has marked there.
//
// One a process. It lends blocks to snapshots, and so lives until the last of them is gone, which may be after the
// module's end: threads leave the engine later.
//
// Threads: any. Fork: Process calls the three functions around it. In the child all that was lent stays so; it leads
// nothing, and its own marks keep the blocks for as long as it lives.
#pragma once

#include <memory>

#include "core/base/status.h"
#include "core/pool/marks.h"
#include "core/pool/reservation.h"
#include "core/publish/snapshot.h"

namespace bgworkers {

class SharedMemory final : public Lender, public std::enable_shared_from_this<SharedMemory> {
public:
    // What a block needs that was copied away from where it lay: every address in it that leads into [from, from +
    // bytes) leads into the copy afterwards. False: one leads elsewhere.
    using Relocate = bool (*)(void* data, size_t bytes, const void* from);

    // A look at the head of a block where it lies: false, it cannot be one. Says nothing about the rest of it.
    using IsSound = bool (*)(const void* data, size_t bytes);
    struct Form {
        Relocate relocate;
        IsSound is_sound;
    };

    // Of a process that has chosen its user. form: of what is published there.
    static Result<std::shared_ptr<SharedMemory>> enter(Reservation& reservation, Form form);

    Region& region() noexcept { return *region_; }
    Marks& marks() noexcept { return marks_; }

    // What *why is where a broken process has written over what leads to the data: it will not get better.
    static constexpr char kSpoilt[] = "the shared memory is spoilt";

    // The newest block of a publication, of which there is one; nullptr: *why says why. Where this process has no mark
    // left, or no row, it is a copy in memory of its own. key: the scope's.
    Snapshot* pin(uint32_t scope, uint64_t key, uint32_t publication, const char** why) noexcept;

    void take_back(uint32_t loan) noexcept override;

    void before_fork() noexcept BGW_NO_THREAD_SAFETY_ANALYSIS;
    void after_fork_in_parent() noexcept BGW_NO_THREAD_SAFETY_ANALYSIS;
    void after_fork_in_child() noexcept BGW_NO_THREAD_SAFETY_ANALYSIS;

    SharedMemory(std::unique_ptr<Region> region, Form form)
        : region_(std::move(region)), marks_(*region_), form_(form) {}

private:
    Snapshot* copy(uint32_t scope, uint64_t key, uint32_t publication, const char** why) noexcept;

    const std::unique_ptr<Region> region_;
    Marks marks_;
    const Form form_;
};

}  // namespace bgworkers
