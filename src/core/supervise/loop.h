// A libuv loop of a process, on a thread of its own: the supervisor's, and the one for what children print. What
// happens on it is its clients' business: each is told when the loop's thread begins and whenever somebody woke it, and
// owns the handles that it opens.
//
// Threads: add() before start(); start(), wake(), running() and join() any; uv() and end() the loop's thread.
//
// A wake-up is never lost: what was asked for before wake() is seen by an on_wake() that begins after it. That holds
// before start(), too; after end() there is nobody to wake.
//
// Fork: prepare locks, the parent unlocks, the child calls forget(): loop and thread are gone there, its descriptors
// are shared with the parent and are left alone.
#pragma once

#include <uv.h>

#include <atomic>
#include <vector>

#include "core/base/mutex.h"
#include "core/base/status.h"

namespace bgworkers {

// Both are called on the loop's thread.
class LoopClient {
public:
    // Before all else: the client may open its handles.
    virtual void on_loop_begin(uv_loop_t* loop) noexcept = 0;
    // After wake(), one call for many. Right after on_loop_begin(), too.
    virtual void on_wake() noexcept = 0;
    // By end(): the client closes the handles that it has open.
    virtual void on_loop_end() noexcept {}

protected:
    ~LoopClient() = default;
};

class Loop {
public:
    explicit Loop(const char* thread_name = "bgw-supervisor") : thread_name_(thread_name) {}
    ~Loop() = default;  // after join(), or never started

    // The client outlives the loop.
    void add(LoopClient& client) { clients_.push_back(&client); }

    // Makes sure that the loop's thread runs. An error is the operating system's; a later call tries again.
    Status start() BGW_EXCLUDES(mutex_);

    void wake() noexcept BGW_EXCLUDES(mutex_);

    // The thread exists, or existed when this process was forked.
    bool running() const noexcept { return running_.load(std::memory_order_acquire); }

    uv_loop_t* uv() noexcept { return &uv_; }

    // No wake-up gets through from here on; the thread ends when the clients have closed their handles.
    void end() noexcept BGW_EXCLUDES(mutex_);

    // After end(), once.
    void join() noexcept BGW_EXCLUDES(mutex_);

    void lock_for_fork() BGW_ACQUIRE(mutex_) { mutex_.lock(); }
    void unlock_after_fork() BGW_RELEASE(mutex_) { mutex_.unlock(); }
    void forget() noexcept BGW_NO_THREAD_SAFETY_ANALYSIS;

private:
    static void run(void* self) noexcept;
    void on_wake() noexcept;

    const char* const thread_name_;
    std::vector<LoopClient*> clients_;  // constant from start() on

    // The loop's thread.
    uv_loop_t uv_{};
    uv_async_t async_{};

    std::atomic<bool> running_{false};

    Mutex mutex_;
    uv_thread_t thread_ BGW_GUARDED_BY(mutex_){};
    bool awake_ BGW_GUARDED_BY(mutex_) = false;  // async_ may be used
};

}  // namespace bgworkers
