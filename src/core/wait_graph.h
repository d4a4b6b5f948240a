// Who waits for whom, so that a circle of workers that wait for each other is refused at once
// instead of timing out.
//
// Nodes are workers (opaque addresses, compared only). A waiter is one blocked get_vars() call
// made inside a run of a worker; it waits for one or more workers that are not ready. Calls from
// requests never enter: nobody can wait for a request.
//
// Threads: any; one mutex, held for the search (the graph has at most as many waiters as the
// process has workers). Nothing blocks, no callback is made. Fork: the child calls `reinitialise()`.
#pragma once

#include <string>
#include <vector>

#include "core/mutex.h"

namespace bgworkers {

using WaitNode = const void*;

class WaitGraph {
public:
    // One blocked call; lives on the caller's stack or in its thread's memory, linked into the graph while waiting.
    // Trivially destructible on purpose (a bailout may jump over it): `leave` must be called first, and is idempotent.
    struct Waiter {
        WaitNode self = nullptr;
        const WaitNode* targets = nullptr;  // caller's array, valid until leave()
        size_t target_count = 0;
        Waiter* next = nullptr;
        bool linked = false;
    };

    // Links the waiter unless that would close a circle. On a circle nothing is linked and the result is its path:
    // self, ..., self (front and back are waiter.self). Empty: linked.
    std::vector<WaitNode> enter(Waiter& waiter) BGW_EXCLUDES(mutex_);

    // The edge to this target is gone (it became ready); others stay.
    void drop_target(Waiter& waiter, WaitNode target) BGW_EXCLUDES(mutex_);

    // Unlinks; does nothing if it is not linked.
    void leave(Waiter& waiter) BGW_EXCLUDES(mutex_);

    bool empty() const BGW_EXCLUDES(mutex_);

    // Fork handlers. In the child no waiter but the forking thread exists, and that one does not wait.
    void lock_for_fork() BGW_ACQUIRE(mutex_) { mutex_.lock(); }
    void unlock_after_fork() BGW_RELEASE(mutex_) { mutex_.unlock(); }
    void reinitialise() BGW_NO_THREAD_SAFETY_ANALYSIS;

private:
    mutable Mutex mutex_;
    Waiter* waiters_ BGW_GUARDED_BY(mutex_) = nullptr;
};

}  // namespace bgworkers
