// The PHP handlers of a run's signals, and when they are called.
//
// As pcntl does it in a process of its own: by pcntl_signal_dispatch(), by ticks, and after pcntl_async_signals(true)
// by the engine's interrupt. A handler is PHP code and may do anything: publish, install other handlers, throw, exit,
// never return. While handlers run all signals are blocked and fibers cannot be switched; after one has thrown the
// others of that round are dropped.
//
// Threads: the run's own. Everything here may run PHP code and may bail out; nothing is held. The handlers lie in
// request memory, from the run's first pcntl_signal() to RSHUTDOWN. After a kill nothing is called any more.
#pragma once

#include "host/php.h"
#include "host/worker_context.h"

namespace bgworkers {

// In request memory.
struct SignalHandlers {
    zval of[kMaxSignal + 1];  // callable, SIG_DFL or SIG_IGN; UNDEF = never set
    bool running;
};

namespace signals {

// What the run has installed for this signal, nullptr if nothing.
const zval* handler_of(const WorkerContext& worker, int signal);

// `handler` is a callable, SIG_DFL (0) or SIG_IGN (1).
void install_handler(WorkerContext& worker, int signal, zval* handler, bool restart);

// Calls the handlers of what has arrived.
void dispatch(WorkerContext& worker);

// Where a signal of the run's own has just ended it, this does not return.
void end_if_ended(WorkerContext& worker);

// RSHUTDOWN. What calls pcntl_signal() later is not heard.
void forget_handlers(WorkerContext& worker);

}  // namespace signals
}  // namespace bgworkers
