// Signals of a worker's thread: those of the process never reach it, and two real-time signals are ours. One makes a
// blocking system call of a worker return, the other only those that return although a handler was installed with
// SA_RESTART. Windows has no such signals; there a blocking call is cancelled.
//
// Fork: the handlers stay; the child has no worker that they could concern.
#pragma once

#include <uv.h>

namespace bgworkers {
namespace os {

// Picks two free real-time signals and installs their handler, once per process; where the host has taken them all,
// shares the last ones with it. On a thread for which is_worker() holds on_worker() is called, in the middle of
// anything. By the first request, before any worker.
void choose_signal(bool (*is_worker)(), void (*on_worker)()) noexcept;

// Interrupts the blocking call that the thread may be in; it must not have ended. restart: unless that call is one that
// goes on after a signal with SA_RESTART. Any thread. false: there is no way to.
bool interrupt_call(uv_thread_t thread, bool restart) noexcept;

// The engine's request start-up unblocks signals for its timers, and on builds without timers per thread one that
// belongs to the whole process: this blocks all but faults, ours and the timer's. A worker's thread.
void block_process_signals() noexcept;

// The caller's signal mask is what children of workers start with. By the first request.
void capture_signal_mask() noexcept;

struct SignalMask {
    alignas(8) unsigned char bytes[128];
};
// That mask, for a child that is given one without opening it here: as long as it is open, a signal of the process may
// be delivered to this thread, where the host's handlers do not belong.
void host_signal_mask(SignalMask* mask) noexcept;
// The calling worker's thread has that mask until block_process_signals().
void open_signal_mask() noexcept;

// From the first on our signals wait for the second, which lets them in while it waits for one, at most so long; where
// there are none, it waits for some milliseconds. The third ends it. A worker's thread; no PHP runs in between.
void hold_interrupts(SignalMask* before) noexcept;
void wait_for_interrupt(const SignalMask& before, double seconds) noexcept;
void let_interrupts_in(const SignalMask& before) noexcept;

}  // namespace os
}  // namespace bgworkers
