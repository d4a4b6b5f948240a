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
// A slot may also follow a publication that processes share (shared_publication.h): then another process may be the
// writer, version() is that publication's word, and publish() is never called. It stops following, once and for all,
// where that memory is found spoilt: what it holds then stays readable until this process publishes.
//
// Threads: any. Fork: prepare locks, the child reinitialises; the snapshot of the moment stays readable.
#pragma once

#include <atomic>
#include <memory>

#include "core/base/mutex.h"
#include "core/publish/publication.h"
#include "core/publish/shared_publication.h"
#include "core/publish/snapshot.h"
#include "core/publish/waiters.h"

namespace bgworkers {

class Slot {
public:
    // 0: nothing published yet.
    uint64_t version() const noexcept { return word().load(std::memory_order_acquire); }
    // Where that stands, until the slot stops following; the place stays readable as long as the slot lives.
    const std::atomic<uint64_t>& word() const noexcept { return *word_.load(std::memory_order_acquire); }

    // The newest snapshot, pinned for the caller; nullptr if there is none, or if it cannot be had: then *why, which
    // the caller has set to nullptr, says why.
    Snapshot* pin_current(const char** why = nullptr) noexcept BGW_EXCLUDES(mutex_);

    // Takes over the caller's pin, gives the snapshot its version, wakes the waiting. Returns the version.
    uint64_t publish(Snapshot* snapshot) noexcept BGW_EXCLUDES(mutex_);

    // Of a shared publication: this process has just published there.
    void published_elsewhere() noexcept BGW_EXCLUDES(mutex_);
    // The same: lets go of what is no longer the newest, here and where threads of this process keep it for their next
    // request. To be called now and then, for this process may have nothing else to do.
    void drop_stale() noexcept BGW_EXCLUDES(mutex_);
    // Nobody should keep two versions of it.
    bool is_scarce() const noexcept {
        const SharedPublication* its = shared();
        return its != nullptr && its->is_scarce();
    }
    // Stops following. Any thread, as often as one likes.
    void leave_shared() noexcept BGW_EXCLUDES(mutex_);
    // How many slots of the process have done so: who keeps a word() has to ask for it anew when this changes.
    static uint32_t left_shared() noexcept { return left_shared_.load(std::memory_order_acquire); }
    // A run has called set_vars() with what is published already. The worker's threads.
    void note_look() noexcept;

    Waiters& waiters() noexcept { return waiters_; }

    struct Facts {
        uint64_t version = 0;  // a number to be shown
        size_t bytes = 0;
        double published_at = 0;  // unix time, seconds
        double looked_at = 0;  // unix time of the last publish() or note_look(); 0 = none
        uint64_t publications = 0;
        uint64_t replaced_bytes = 0;  // of older snapshots that threads of this process still have pinned
    };
    Facts facts() noexcept BGW_EXCLUDES(mutex_);

    void lock_for_fork() BGW_NO_THREAD_SAFETY_ANALYSIS;
    void unlock_after_fork() BGW_NO_THREAD_SAFETY_ANALYSIS;
    void reinitialise() BGW_NO_THREAD_SAFETY_ANALYSIS;

    // shared: outlives the slot; nullptr: a publication of this process alone.
    explicit Slot(SharedPublication* shared = nullptr);
    // End of the module: no reader is left.
    ~Slot();
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;

private:
    SharedPublication* shared() const noexcept { return shared_.load(std::memory_order_acquire); }
    Snapshot* pin_shared(SharedPublication& shared, const char** why) noexcept BGW_EXCLUDES(mutex_);
    void keep_count_of(Snapshot* old) noexcept BGW_REQUIRES(mutex_);

    Publication publication_;  // written under mutex_
    // Both change once at most, under mutex_: in leave_shared().
    std::atomic<SharedPublication*> shared_;
    std::atomic<const std::atomic<uint64_t>*> word_;
    static std::atomic<uint32_t> left_shared_;
    alignas(64) Mutex mutex_;
    Snapshot* current_ BGW_GUARDED_BY(mutex_) = nullptr;
    // Unix time. Written without the lock by the worker's threads, the last one wins; not on the line that readers look
    // at.
    std::atomic<double> looked_at_{0};
    const std::shared_ptr<std::atomic<uint64_t>> replaced_bytes_;
    Waiters waiters_;
};

}  // namespace bgworkers
