// Who waits for whom, so that a circle of workers that wait for each other is refused at once
// instead of timing out.
//
// Nodes are workers (opaque addresses, compared only). A waiter is one blocked call made inside a run of a worker:
// get_vars(), which waits for one or more workers that are not ready, or a wait for a task, which any instance of its
// worker may end, so that it is in vain only while all of them wait. Calls from requests never enter: nobody can wait
// for a request.
//
// Nobody waits for a worker that is ready, or for a task that has ended, and both are for ever. So the search asks for
// it instead of being told: were edges taken out by the waiters as they wake, a worker that publishes and then reads
// its reader would find the edge of a waiter that has not woken up yet, and be refused for a circle that is none.
//
// Threads: any; one mutex, held for the search (the graph has at most as many waiters as the
// process has workers). Nothing blocks, and nothing allocates unless a circle has to be told.
// Fork: the child calls `reinitialise()`.
#pragma once

#include <cstddef>
#include <vector>

#include "core/base/mutex.h"

namespace bgworkers {

using WaitNode = const void*;

class WaitGraph {
public:
    // One blocked call; lives on the caller's stack or in its thread's memory, linked into the graph while waiting.
    // Trivially destructible on purpose (a bailout may jump over it): `leave` must be called first, and is idempotent.
    struct Waiter {
        WaitNode self = nullptr;
        const WaitNode* targets = nullptr;  // caller's array, valid and unchanged until leave()
        size_t target_count = 0;
        // Of a wait that any instance of its one target can end: how many that has, and is it over already? is_over is
        // called under the graph's mutex and takes no lock. 0: the targets' first publication is waited for.
        int rescuers = 0;
        bool (*is_over)(const void* what) noexcept = nullptr;
        const void* what = nullptr;
        bool linked = false;  // for the thread that owns the waiter

    private:
        friend class WaitGraph;
        Waiter* next = nullptr;
        Waiter* found_from = nullptr;  // of the running search: whose target led here
        Waiter* search_next = nullptr;  // its queue
        bool found = false;
        bool stuck = false;
    };

    // Has this worker published? Called under the graph's mutex: one atomic load, no lock.
    using IsReady = bool (*)(WaitNode) noexcept;
    explicit WaitGraph(IsReady is_ready) noexcept : is_ready_(is_ready) {}

    // Links the waiter (one that is not linked) and returns true, unless that would close a circle. Then nothing is
    // linked and *circle is the shortest path around: self, ..., self (front and back are waiter.self). It is left
    // empty if there is no memory for it: the circle is refused all the same.
    [[nodiscard]] bool enter(Waiter& waiter, std::vector<WaitNode>* circle) noexcept BGW_EXCLUDES(mutex_);

    // Unlinks; does nothing if it is not linked.
    void leave(Waiter& waiter) noexcept BGW_EXCLUDES(mutex_);

    bool empty() const noexcept BGW_EXCLUDES(mutex_);

    // Fork handlers. In the child no waiter but the forking thread exists, and that one does not wait.
    void lock_for_fork() BGW_ACQUIRE(mutex_) { mutex_.lock(); }
    void unlock_after_fork() BGW_RELEASE(mutex_) { mutex_.unlock(); }
    void reinitialise() BGW_NO_THREAD_SAFETY_ANALYSIS;

private:
    // The last waiter of a shortest way from `waiter` back to itself, nullptr if there is none. Leads back to
    // `waiter` by found_from.
    Waiter* find_circle(Waiter& waiter) BGW_REQUIRES(mutex_);
    // Marks the waiters that no other can help, `waiter` among them if so.
    void find_stuck(Waiter& waiter) BGW_REQUIRES(mutex_);
    bool waits_in_vain(const Waiter& each, WaitNode target, const Waiter& entering) const BGW_REQUIRES(mutex_);
    bool has_vain_target(const Waiter& each, const Waiter& entering) const BGW_REQUIRES(mutex_);

    const IsReady is_ready_;
    mutable Mutex mutex_;
    Waiter* waiters_ BGW_GUARDED_BY(mutex_) = nullptr;
};

}  // namespace bgworkers
