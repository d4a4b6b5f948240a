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
// What happens on the killed thread, step by step, and why it is safe there:
//
//   1. The signal's handler notes where the script is, for the log. It may strike between any two instructions, so it
//      relies on no invariant of a safe point. A frame of PHP code on top tells nothing: the VM stores a frame's opline
//      only before it leaves the frame, and the code of an included file is freed before its frame is popped. So the
//      handler looks only when an internal function is on top, which is the call that blocks: that function and the
//      frame below it are complete until the call returns, and every frame below has saved its opline in order to call.
//      The handler reads frames, copies bytes into WorkerContext::last_seen, and does nothing else. The two
//      thread-locals that it reads were touched before the signal could be sent, so they need no memory either.
//   2. The interrupt function runs at a safe point of the VM, perhaps inside a destructor, a shutdown function, an
//   output
//      callback, or the close() of a script's stream, whose callers in C are in the middle of freeing things. So it
//      frees nothing and allocates nothing: it notes the place, calls discard_run(), which only sets flags and
//      pointers, and bails out. A bailout there is what the engine's own time limit does.
//   3. After discard_run() no PHP code of this run runs again. EG(active) is the engine's own switch for that: it
//      turns zend_call_function() off, which stands before every callback (destructors, session and output handlers,
//      filters, iterators). Objects are marked destructed beside that, because generators and fibers run their
//      `finally` blocks without that function; output handlers are disabled, so that what they hold is dropped; streams
//      of the script's own wrappers get functions that do nothing; the list of shutdown functions is forgotten.
//   4. The end of the run is php_request_shutdown(), as for any request. It frees what the marks leave: objects without
//      their destructors, resources, the heap. What was forgotten in step 3 lies in that heap and goes with it:
//      unclean_shutdown tells the engine that this is no leak. The next request start-up sets all these switches anew.
//   5. The killer goes on raising until the thread says that the run is over, since C code may still block in step 4.
//
// A run may end itself by a signal of its own (host/signals): then strike() does the second step right there, in the
// function that sent it, and the killer does the rest as ever.
//
// Threads: raise() the supervisor's; open()/close() the worker's own, and all of the above. Fork: the child has no
// killer.
#pragma once

#include <uv.h>

#include "core/base/mutex.h"
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

// On the worker's thread, with a kill pending, at a safe point of the VM or in a function that it has called: steps 2
// and 3 above. Does not return.
[[noreturn]] void strike(WorkerContext& worker);

// On the worker's thread, with a kill pending: step 3 above. Called when the kill strikes, and before request shutdown
// in case that the script ended without having been struck. Idempotent; sets flags and pointers alone.
void discard_run(WorkerContext& worker) noexcept;

}  // namespace force_stop
}  // namespace bgworkers
