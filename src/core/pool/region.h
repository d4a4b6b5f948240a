// The memory that this process shares with others of its user, and this process's row in it.
//
// Made by Reservation::enter(); lies at the same address in every process. Who shares it may be killed at any
// instruction; layout.h says what that leaves. It may also be written to by a broken process of the same user, so
// nothing read here is trusted: a word that leads out of the region is an error, never followed.
//
// Alive: a process holds the byte of its row, which the kernel drops when the last of its threads is gone. A lock alone
// condemns nobody, for a process can lose all its locks while it lives (shared_file.h): one is dead if its byte is free
// *and* no process with its number and its start is there, or that one runs another program by now (a fork that was
// made to exec has a row, too). A process that has lost its byte takes it back when it publishes, and when it marks
// what it has not marked yet.
//
// Threads: any, after the constructor; claim_row() and the fork functions one at a time. Blocks: no; looking for the
// living costs a system call each. Fork: before_fork() makes the child's row, with all that the parent has marked;
// after_fork_in_child() makes it the child's own, after_fork_in_parent() does so in the child's name.
#pragma once

#include <cstdint>
#include <memory>

#include "core/pool/layout.h"
#include "core/pool/process_id.h"

namespace bgworkers {

class Region {
public:
    // Takes file and addresses over; nullptr if they cannot be mapped, or hold something else than expected.
    static std::unique_ptr<Region> map(void* addresses, size_t bytes, int file, uint64_t fingerprint);
    ~Region();  // gives the row back
    Region(const Region&) = delete;
    Region& operator=(const Region&) = delete;

    const PoolHead& head() const noexcept { return head_; }  // this process's copy
    int file() const noexcept { return file_; }

    ScopeTable& scopes() const noexcept { return *reinterpret_cast<ScopeTable*>(base_ + kScopesAt); }
    ProcessRow& row(uint32_t row) const noexcept { return reinterpret_cast<ProcessRow*>(base_ + kRowsAt)[row]; }
    uint32_t scope_count() const noexcept { return static_cast<uint32_t>(head_.scopes); }
    // Its pages are numbered from its start. scope < scope_count().
    SliceHead& slice(uint32_t scope) const noexcept { return *reinterpret_cast<SliceHead*>(base_ + slice_at(scope)); }
    // What is asked of its workers. The process has joined the scope.
    Demand& demand(uint32_t scope) const noexcept { return reinterpret_cast<Demand*>(base_ + kDemandAt)[scope]; }
    // Who tells the facts of a row; its pages are there once it has an owner. row < kFactRows.
    SharedWord& fact_owner(uint32_t row) const noexcept {
        return reinterpret_cast<SharedWord*>(base_ + kFactOwnersAt)[row];
    }
    FactRow& fact_row(uint32_t row) const noexcept { return reinterpret_cast<FactRow*>(base_ + kFactRowsAt)[row]; }
    size_t slice_at(uint32_t scope) const noexcept { return kControlBytes + scope * head_.slice_bytes; }
    uint64_t slice_pages() const noexcept { return head_.slice_bytes / kSharedPage; }
    bool set_slice_writable(uint32_t scope, bool writable) noexcept;

    // --- This process ---

    // Takes a row, if it has none yet. False: all are taken; the process can read by way of the common row alone.
    bool claim_row() noexcept;
    void release_row() noexcept;
    bool has_row() const noexcept { return !self().nobody(); }
    ProcessId self() const noexcept { return {self_.load(std::memory_order_relaxed)}; }
    ProcessRow& own_row() const noexcept { return row(self().row()); }
    // Takes the byte back if it was lost. False: the row is not this process's any more, which is told once and for
    // all.
    bool reassert() noexcept;

    // The row that processes without one use, one after the other, for as long as they copy. False: it is in use.
    bool take_common_row(ProcessId* taken) noexcept;
    void leave_common_row(ProcessId taken) noexcept;

    // --- Others ---

    bool is_alive(ProcessId process) const noexcept;
    // Frees rows of the dead; they are as good as free before. How many.
    uint32_t sweep() noexcept;

    // --- Fork ---

    // False: no row is left, or this process has none; the child will have none then.
    bool before_fork() noexcept;
    // 0: there was none. kUnknownChild: the child's row counts for a while, and takes itself.
    static constexpr uint32_t kUnknownChild = UINT32_MAX;
    void after_fork_in_parent(uint32_t child) noexcept;
    void after_fork_in_child() noexcept;

    // Hundredths of a second, the same in all processes.
    static uint64_t now() noexcept;
    // How long a row counts for a child that does not come to take it, and waits for `busy`. Tests make them short.
    void set_patience(uint64_t fork, uint64_t busy) noexcept;
    uint64_t busy_patience() const noexcept { return busy_patience_; }

private:
    Region(char* base, size_t bytes, int file, const PoolHead& head) noexcept
        : base_(base), bytes_(bytes), file_(file), head_(head) {}
    ProcessId me(uint32_t row) const noexcept;
    bool take_row(uint32_t row, ProcessId expected, ProcessId as) noexcept;
    void clear(ProcessRow& row) noexcept;

    char* const base_;
    const size_t bytes_;
    const int file_;
    const PoolHead head_;  // what was checked once stays so, whatever happens to the memory

    uint32_t process_ = 0;
    uint64_t start_ = 0;
    std::atomic<uint64_t> self_{0};
    std::atomic<uint64_t> writable_{0};  // a bit for each slice
    ProcessId for_child_;  // between before and after a fork
    uint64_t fork_patience_ = 1000;
    uint64_t busy_patience_ = 100;
};

}  // namespace bgworkers
