#include "host/os/thread_signals.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/select.h>

#include <algorithm>

#include "core/os/asynchronous_signals_posix.h"
#include "host/php.h"  // ZEND_MAX_EXECUTION_TIMERS

namespace bgworkers {
namespace os {

namespace {

// The real-time signals of ours, with SA_RESTART or without. 0: none could be had.
struct OurSignal {
    int number = 0;
    struct sigaction host_action{};  // whose it was, where none was free
};
OurSignal ending_signal;
OurSignal restarting_signal;
bool (*is_worker)() = nullptr;
void (*on_worker)() = nullptr;
sigset_t host_mask;
bool host_mask_known = false;

static_assert(sizeof(sigset_t) <= sizeof(SignalMask));

void on_signal(int number, siginfo_t* info, void* context) {
    const struct sigaction& host = (number == ending_signal.number ? ending_signal : restarting_signal).host_action;
    // Shared with a host that has taken all signals: on its threads, its own handler.
    if (is_worker()) {
        on_worker();
    } else if ((host.sa_flags & SA_SIGINFO) != 0) {
        host.sa_sigaction(number, info, context);
    } else if (host.sa_handler != SIG_DFL && host.sa_handler != SIG_IGN) {
        host.sa_handler(number);
    }
}

[[maybe_unused]] bool take(OurSignal* signal, int number) {
    struct sigaction ours{};
    ours.sa_sigaction = on_signal;
    // A host in Go demands SA_ONSTACK of every handler in its process: its threads have small stacks.
    ours.sa_flags = SA_SIGINFO | SA_ONSTACK | (signal == &restarting_signal ? SA_RESTART : 0);
    // on_worker() is not made to be interrupted by the other one of the two.
    sigfillset(&ours.sa_mask);
    if (sigaction(number, &ours, nullptr) != 0) {
        return false;
    }
    signal->number = number;
    return true;
}

#ifdef SIGRTMIN
// The first ones are taken by PHP's execution timers and by other hosts' own means. A host in Go handles every signal
// there is: then one of the last is shared, and on other threads it stays the host's.
void choose(OurSignal* signal, int shared) {
    for (int number = SIGRTMIN + 3; number <= SIGRTMAX; ++number) {
        struct sigaction present;
        if (sigaction(number, nullptr, &present) == 0 && present.sa_handler == SIG_DFL && take(signal, number)) {
            return;
        }
    }
    if (sigaction(shared, nullptr, &signal->host_action) == 0) {
        take(signal, shared);
    }
}
#endif

void remove_ours(sigset_t* set) {
    for (const OurSignal* signal : {&ending_signal, &restarting_signal}) {
        if (signal->number != 0) {
            sigdelset(set, signal->number);
        }
    }
}

}  // namespace

void choose_signal(bool (*whose)(), void (*then)()) noexcept {
    // Handlers outlive a module's end (the library stays), so a module that starts again finds them in place.
    if (ending_signal.number != 0) {
        return;
    }
    is_worker = whose;
    on_worker = then;
#ifdef SIGRTMIN  // elsewhere the engine's interrupt alone has to do
    choose(&ending_signal, SIGRTMAX);
    choose(&restarting_signal, SIGRTMAX - 1);
#endif
}

bool interrupt_call(uv_thread_t thread, bool restart) noexcept {
    const int number = (restart ? restarting_signal : ending_signal).number;
    return number != 0 && pthread_kill(thread, number) == 0;
}

void block_process_signals() noexcept {
    sigset_t set = asynchronous_signals();
    remove_ours(&set);
#ifdef ZEND_MAX_EXECUTION_TIMERS
    // PHP's timer of this thread: max_execution_time and set_time_limit().
    sigdelset(&set, SIGRTMIN);
#endif
    // SIG_SETMASK: it also lets in what the host's mask may hold back, ours and the timer's.
    pthread_sigmask(SIG_SETMASK, &set, nullptr);
}

void capture_signal_mask() noexcept {
    pthread_sigmask(SIG_SETMASK, nullptr, &host_mask);
    host_mask_known = true;
}

// While the mask is open, a signal of the process may in principle be delivered here. Linux prefers the main thread
// for those, which has them unblocked in every host that handles signals.
void open_signal_mask() noexcept {
    if (host_mask_known) {
        pthread_sigmask(SIG_SETMASK, &host_mask, nullptr);
    }
}

void host_signal_mask(SignalMask* mask) noexcept {
    sigset_t set;
    if (host_mask_known) {
        set = host_mask;
    } else {
        pthread_sigmask(SIG_SETMASK, nullptr, &set);
    }
    memcpy(mask->bytes, &set, sizeof(set));
}

void let_interrupts_in(const SignalMask& before) noexcept {
    sigset_t mask;
    memcpy(&mask, before.bytes, sizeof(mask));
    pthread_sigmask(SIG_SETMASK, &mask, nullptr);
}

void hold_interrupts(SignalMask* before) noexcept {
    sigset_t ours;
    sigemptyset(&ours);
    for (const OurSignal* signal : {&ending_signal, &restarting_signal}) {
        if (signal->number != 0) {
            sigaddset(&ours, signal->number);
        }
    }
    sigset_t mask;
    pthread_sigmask(SIG_BLOCK, &ours, &mask);
    memcpy(before->bytes, &mask, sizeof(mask));
}

void wait_for_interrupt(const SignalMask& before, double seconds) noexcept {
    constexpr double kWithoutSignals = 0.02;
    constexpr double kLong = 1e6;
    // INF is no timespec. Without a signal nothing ends the wait early, so it has to be short.
    seconds = std::min(seconds, ending_signal.number != 0 ? kLong : kWithoutSignals);
    sigset_t mask;
    memcpy(&mask, before.bytes, sizeof(mask));
    struct timespec limit;
    limit.tv_sec = static_cast<time_t>(seconds);
    limit.tv_nsec = static_cast<long>((seconds - static_cast<double>(limit.tv_sec)) * 1e9);
    // Opens the mask and sleeps in one step: a signal in between would otherwise be slept through.
    ::pselect(0, nullptr, nullptr, nullptr, &limit, &mask);
}

}  // namespace os
}  // namespace bgworkers
