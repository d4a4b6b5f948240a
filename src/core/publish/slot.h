// The place where one worker publishes.
//
//     slot.publish(snapshot);                              // the writer
//     if (slot.version() != seen) held = slot.pin_current();   // a reader, which unpins it when it needs it no more
//
// It joins a publication (what readers look at) with the snapshot that this process holds of it, and with those who
// wait for the first one. A std::atomic<std::shared_ptr> would do less: readers would write to its count at each
// look, and GCC 12 guards it with a spin lock that ThreadSanitizer does not know.
//
// A slot lives as long as the module and never moves, so its address is a key. Nothing allocates and
// no PHP runs under mutex_. Old snapshots are unpinned outside it, and pins on them that threads keep between two
// requests are taken back (reader_pins.h).
//
// Threads: any. Fork: prepare locks, the child reinitialises; the snapshot of the moment stays readable.
#pragma once

#include <atomic>
#include <memory>

#include "core/base/mutex.h"
#include "core/publish/publication.h"
#include "core/publish/snapshot.h"
#include "core/publish/waiters.h"

namespace bgworkers {

class Slot {
public:
    // 0: nothing published yet.
    uint64_t version() const noexcept { return publication_.version.load(std::memory_order_acquire); }

    // The newest snapshot, pinned for the caller; nullptr if there is none.
    Snapshot* pin_current() noexcept BGW_EXCLUDES(mutex_);

    // Takes over the caller's pin, gives the snapshot its version, wakes the waiting. Returns the version.
    uint64_t publish(Snapshot* snapshot) noexcept BGW_EXCLUDES(mutex_);

    // A run has called set_vars() with what is published already. The worker's threads.
    void note_look() noexcept;

    Waiters& waiters() noexcept { return waiters_; }

    struct Facts {
        uint64_t version = 0;
        size_t bytes = 0;
        double published_at = 0;    // unix time, seconds
        double looked_at = 0;       // unix time of the last publish() or note_look(); 0 = none
        uint64_t publications = 0;
        uint64_t replaced_bytes = 0;  // of older snapshots that threads of this process still have pinned
    };
    Facts facts() noexcept BGW_EXCLUDES(mutex_);

    void lock_for_fork() BGW_NO_THREAD_SAFETY_ANALYSIS;
    void unlock_after_fork() BGW_NO_THREAD_SAFETY_ANALYSIS;
    void reinitialise() BGW_NO_THREAD_SAFETY_ANALYSIS;

    Slot();
    // End of the module: no reader is left.
    ~Slot();
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;

private:
    Publication publication_;  // written under mutex_
    alignas(64) Mutex mutex_;
    Snapshot* current_ BGW_GUARDED_BY(mutex_) = nullptr;
    // Unix time. Written without the lock by the worker's threads, the last one wins; not on the line that readers look
    // at.
    std::atomic<double> looked_at_{0};
    const std::shared_ptr<std::atomic<uint64_t>> replaced_bytes_;
    Waiters waiters_;
};

}  // namespace bgworkers
