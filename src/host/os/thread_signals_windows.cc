// Compiled for Windows, not yet run there.
#include "host/os/thread_signals.h"

#include <windows.h>

namespace bgworkers {
namespace os {

namespace {

void (*on_worker)() = nullptr;

void CALLBACK on_interrupt(ULONG_PTR) { on_worker(); }

}  // namespace

void choose_signal(bool (*)(), void (*then)()) noexcept { on_worker = then; }

// Ends what waits for a file or pipe; an alertable wait ends by the call that is queued for it.
bool interrupt_call(uv_thread_t thread, bool) noexcept {
    CancelSynchronousIo(thread);
    QueueUserAPC(on_interrupt, thread, 0);
    return true;
}

void block_process_signals() noexcept {}
void capture_signal_mask() noexcept {}
void open_signal_mask() noexcept {}
void host_signal_mask(SignalMask*) noexcept {}
void hold_interrupts(SignalMask*) noexcept {}
void wait_for_interrupt(const SignalMask&, double) noexcept { Sleep(20); }
void let_interrupts_in(const SignalMask&) noexcept {}

}  // namespace os
}  // namespace bgworkers
