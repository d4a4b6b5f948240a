// Those who wait for the first publication of a worker, in this process, and what ends their wait. Of a publication
// that processes share, all but "the process shuts down" is known to all of them (shared_publication.h).
//
// A waiter is told as soon as something is published, or why nothing will be. Flags under the mutex; whether something
// is published stands in the publication and is asked anew at each look.
//
// Threads: any. Blocks: wait() alone. Nothing allocates and no PHP runs under the mutex. Fork: prepare locks, the child
// reinitialises; it has no waiters.
#pragma once

#include <chrono>
#include <cstdint>

#include "core/base/mutex.h"
#include "core/publish/publication.h"
#include "core/publish/shared_publication.h"

namespace bgworkers {

enum class WaitResult {
    ready,  // something is published
    given_up,  // the worker has failed for good and never published
    launch_failed,  // the thread could not be started while we waited
    ended_silently,  // of a job: its last run ended clean without publishing, and the next is not due yet
    closed,  // the process shuts down
    elapsed,  // neither, until the time given
};

class Waiters {
public:
    explicit Waiters(const Publication& publication, SharedPublication* shared = nullptr)
        : publication_(publication), shared_(shared) {}

    // Blocks until there is news for a waiter or until `until`. launch_failures_seen: what launch_failures()
    // said when the caller began to wait.
    WaitResult wait(std::chrono::steady_clock::time_point until, uint32_t launch_failures_seen) noexcept
        BGW_EXCLUDES(mutex_);

    // Somebody waits for this worker, too, but sleeps on another. To be repeated in each slice.
    void note_waiter() noexcept BGW_EXCLUDES(mutex_);
    // Has somebody waited, or does now, since that time? For a run that is to be judged.
    bool awaited_since(std::chrono::steady_clock::time_point when) noexcept BGW_EXCLUDES(mutex_);

    // How often the worker's thread could not be started.
    uint32_t launch_failures() noexcept BGW_EXCLUDES(mutex_);

    // Something was published just now: wakes the waiting, and the worker has not given up any more.
    void published() noexcept BGW_EXCLUDES(mutex_);
    // Supervisor: every waiter now and later gets given_up until something is published or it is taken back. This and
    // the next are also taken back by whoever asks for a new run.
    void set_given_up(bool given_up) noexcept BGW_EXCLUDES(mutex_);
    // Supervisor: every waiter now and later gets ended_silently until something is published or it is taken back.
    void set_ended_silently(bool ended) noexcept BGW_EXCLUDES(mutex_);
    // Supervisor: those who wait now get launch_failed.
    void fail_launch() noexcept BGW_EXCLUDES(mutex_);
    // The slot follows a shared publication no more (Slot::leave_shared()): those who wait go on waiting for this one.
    void leave_shared() noexcept BGW_EXCLUDES(mutex_);
    // Shutdown: every waiter now and later gets closed.
    void close() noexcept BGW_EXCLUDES(mutex_);
    bool closed() noexcept BGW_EXCLUDES(mutex_);

    void lock_for_fork() BGW_ACQUIRE(mutex_) { mutex_.lock(); }
    void unlock_after_fork() BGW_RELEASE(mutex_) { mutex_.unlock(); }
    void reinitialise() BGW_NO_THREAD_SAFETY_ANALYSIS;

private:
    bool is_published() const noexcept { return publication_.version.load(std::memory_order_acquire) != 0; }

    WaitResult wait_for_shared(SharedPublication& shared, std::chrono::steady_clock::time_point until,
                               uint32_t launch_failures_seen) noexcept BGW_EXCLUDES(mutex_);
    SharedPublication* shared() const noexcept { return shared_.load(std::memory_order_acquire); }

    const Publication& publication_;
    std::atomic<SharedPublication*> shared_;
    Mutex mutex_;
    CondVar news_;
    uint32_t asleep_ BGW_GUARDED_BY(mutex_) = 0;
    std::chrono::steady_clock::time_point last_awake_ BGW_GUARDED_BY(mutex_) =
        std::chrono::steady_clock::time_point::min();  // when one of them was awake last
    uint32_t launch_failures_ BGW_GUARDED_BY(mutex_) = 0;
    bool given_up_ BGW_GUARDED_BY(mutex_) = false;
    bool ended_silently_ BGW_GUARDED_BY(mutex_) = false;
    bool closed_ BGW_GUARDED_BY(mutex_) = false;
};

}  // namespace bgworkers
