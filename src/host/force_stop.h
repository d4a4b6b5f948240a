// Ends PHP code in a thread that does not end by itself.
//
// Two means, both harmless when the thread has just ended: the engine's interrupt flag, which every loop and
// call looks at, and a real-time signal without SA_RESTART, which makes a blocking system call return EINTR.
// The flag alone would raise whatever else is pending; the thread's own kill_requested tells our interrupt
// function to end the run, without PHP's words about "maximum execution time".
//
// KillSlot is the meeting point of killer and thread: filled in while the engine knows the thread, emptied after the
// last request shutdown and before ts_free_thread(), under its mutex, so that the killer never touches memory of a
// thread that has left.
//
// Threads: raise() the supervisor's; open()/close() the worker's own. Fork: the child has no killer.
#pragma once

#include <uv.h>

#include "core/mutex.h"
#include "host/php.h"
#include "host/worker_context.h"

namespace bgworkers {

class KillSlot {
public:
    void open(WorkerContext& worker) noexcept BGW_EXCLUDES(mutex_);
    void close() noexcept BGW_EXCLUDES(mutex_);
    // signal: interrupt the blocking system call too.
    void raise(bool signal) noexcept BGW_EXCLUDES(mutex_);

private:
    Mutex mutex_;
    WorkerContext* worker_ BGW_GUARDED_BY(mutex_) = nullptr;
    zend_atomic_bool* vm_interrupt_ BGW_GUARDED_BY(mutex_) = nullptr;
    uv_thread_t thread_ BGW_GUARDED_BY(mutex_){};
};

namespace force_stop {

// Chains zend_interrupt_function. Module start, before other threads run PHP.
void install() noexcept;

// By the first request, before any worker. Where no signal can be had only the flag is raised.
void choose_signal() noexcept;

// On the worker's thread, with a kill pending: drops what PHP code could still run (shutdown functions, destructors,
// output callbacks). Called before request shutdown and whenever the kill strikes.
void discard_run() noexcept;

}  // namespace force_stop
}  // namespace bgworkers
