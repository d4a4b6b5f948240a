// The place where one worker publishes: its current snapshot, and those who wait for the first one.
//
//   version_   written under mutex_, read by every get_vars() without it. Readers that already hold this
//              version do nothing else: between two publications no shared cache line is written.
//   current_   under mutex_. Pinned by the slot.
//   waiting    under mutex_: readers that are blocked until the first publication, or until they are
//              told why there will be none.
//
// A slot lives as long as the module and never moves, so its address is a key. Nothing allocates and
// no PHP runs under mutex_. Old snapshots are unpinned outside it.
//
// Threads: any. Blocks: wait() alone. Fork: prepare locks, the child reinitialises; the snapshot of the
// moment stays readable.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "core/mutex.h"
#include "core/snapshot.h"

namespace bgworkers {

enum class WaitResult {
    ready,          // something is published
    given_up,       // the worker has failed for good and never published
    launch_failed,  // the thread could not be started while we waited
    closed,         // the process shuts down
    elapsed,        // neither, until the time given
};

class Slot {
public:
    // 0: nothing published yet.
    uint64_t version() const noexcept { return version_.load(std::memory_order_acquire); }

    // The newest snapshot, pinned for the caller; nullptr if there is none.
    Snapshot* pin_current() noexcept BGW_EXCLUDES(mutex_);

    // Takes over the caller's pin, gives the snapshot its version, wakes the waiting. Returns the version.
    uint64_t publish(Snapshot* snapshot) noexcept BGW_EXCLUDES(mutex_);

    // Blocks until the slot has news for a waiter or until `until`. launch_failures_seen: what launch_failures()
    // said when the caller began to wait.
    WaitResult wait(std::chrono::steady_clock::time_point until, uint32_t launch_failures_seen) noexcept
        BGW_EXCLUDES(mutex_);

    uint32_t launch_failures() noexcept BGW_EXCLUDES(mutex_);

    // Supervisor: every waiter now and later gets given_up until something is published or it is taken back.
    void set_given_up(bool given_up) noexcept BGW_EXCLUDES(mutex_);
    // Supervisor: those who wait now get launch_failed.
    void fail_launch() noexcept BGW_EXCLUDES(mutex_);
    // Shutdown: every waiter now and later gets closed.
    void close() noexcept BGW_EXCLUDES(mutex_);

    struct Facts {
        uint64_t version = 0;
        size_t bytes = 0;
        double published_at = 0;  // unix time, seconds
        uint64_t publications = 0;
    };
    Facts facts() noexcept BGW_EXCLUDES(mutex_);

    void lock_for_fork() BGW_ACQUIRE(mutex_) { mutex_.lock(); }
    void unlock_after_fork() BGW_RELEASE(mutex_) { mutex_.unlock(); }
    void reinitialise() BGW_NO_THREAD_SAFETY_ANALYSIS;

    Slot() = default;
    // End of the module: no reader is left.
    ~Slot();
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;

private:
    alignas(64) std::atomic<uint64_t> version_{0};
    alignas(64) Mutex mutex_;
    CondVar news_;
    Snapshot* current_ BGW_GUARDED_BY(mutex_) = nullptr;
    double published_at_ BGW_GUARDED_BY(mutex_) = 0;
    uint64_t publications_ BGW_GUARDED_BY(mutex_) = 0;
    uint32_t launch_failures_ BGW_GUARDED_BY(mutex_) = 0;
    bool given_up_ BGW_GUARDED_BY(mutex_) = false;
    bool closed_ BGW_GUARDED_BY(mutex_) = false;
};

}  // namespace bgworkers
