#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "core/asynchronous_signals_posix.h"
#include "host/os.h"
#include "host/php.h"  // ZEND_MAX_EXECUTION_TIMERS

namespace bgworkers {
namespace os {

namespace {

int chosen_signal = 0;  // 0: none could be had
struct sigaction host_action{};  // whose signal it was, where none was free
bool (*is_worker)() = nullptr;
void (*on_worker)() = nullptr;
sigset_t host_mask;
bool host_mask_known = false;

static_assert(sizeof(sigset_t) <= sizeof(SignalMask));

void on_signal(int number, siginfo_t* info, void* context) {
    if (is_worker()) {
        on_worker();
    } else if ((host_action.sa_flags & SA_SIGINFO) != 0) {
        host_action.sa_sigaction(number, info, context);
    } else if (host_action.sa_handler != SIG_DFL && host_action.sa_handler != SIG_IGN) {
        host_action.sa_handler(number);
    }
}

[[maybe_unused]] bool take(int number) {
    struct sigaction ours{};
    ours.sa_sigaction = on_signal;
    ours.sa_flags = SA_SIGINFO | SA_ONSTACK;  // no SA_RESTART: the system call has to return
    sigfillset(&ours.sa_mask);
    if (sigaction(number, &ours, nullptr) != 0) {
        return false;
    }
    chosen_signal = number;
    return true;
}

int syslog_priority(LogLevel level) {
    switch (level) {
        case LogLevel::debug: return LOG_DEBUG;
        case LogLevel::info: return LOG_INFO;
        case LogLevel::notice: return LOG_NOTICE;
        case LogLevel::warning: return LOG_WARNING;
        case LogLevel::error: return LOG_ERR;
    }
    return LOG_NOTICE;
}

void write_whole(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(descriptor, text.data(), text.size());
        if (written < 0 && errno != EINTR) {
            return;
        }
        if (written > 0) {
            text.remove_prefix(static_cast<size_t>(written));
        }
    }
}

}  // namespace

void choose_signal(bool (*whose)(), void (*then)()) noexcept {
    if (chosen_signal != 0) {
        return;
    }
    is_worker = whose;
    on_worker = then;
#ifdef SIGRTMIN  // elsewhere the engine's interrupt alone has to do
    // The first ones are taken by PHP's execution timers and by other hosts' own means.
    for (int number = SIGRTMIN + 3; number <= SIGRTMAX; ++number) {
        struct sigaction present;
        if (sigaction(number, nullptr, &present) == 0 && present.sa_handler == SIG_DFL && take(number)) {
            return;
        }
    }
    // A host in Go handles every signal there is. The last one is shared: on other threads it stays the host's.
    if (sigaction(SIGRTMAX, nullptr, &host_action) == 0) {
        take(SIGRTMAX);
    }
#endif
}

void interrupt_call(uv_thread_t thread) noexcept {
    if (chosen_signal != 0) {
        pthread_kill(thread, chosen_signal);
    }
}

void block_process_signals() noexcept {
    sigset_t set = asynchronous_signals();
    if (chosen_signal != 0) {
        sigdelset(&set, chosen_signal);
    }
#ifdef ZEND_MAX_EXECUTION_TIMERS
    sigdelset(&set, SIGRTMIN);
#endif
    pthread_sigmask(SIG_SETMASK, &set, nullptr);
}

void capture_signal_mask() noexcept {
    pthread_sigmask(SIG_SETMASK, nullptr, &host_mask);
    host_mask_known = true;
}

// While the mask is open, a signal of the process may in principle be delivered here. Linux prefers the main thread
// for those, which has them unblocked in every host that handles signals.
void open_signal_mask(SignalMask* ours) noexcept {
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, host_mask_known ? &host_mask : nullptr, &mask);
    memcpy(ours->bytes, &mask, sizeof(mask));
}

void close_signal_mask(const SignalMask& ours) noexcept {
    sigset_t mask;
    memcpy(&mask, ours.bytes, sizeof(mask));
    pthread_sigmask(SIG_SETMASK, &mask, nullptr);
}

bool handle_forks(void (*before)(), void (*in_parent)(), void (*in_child)()) noexcept {
    return pthread_atfork(before, in_parent, in_child) == 0;
}

char* resolve_path(const char* path) noexcept { return ::realpath(path, nullptr); }

void write_to_syslog(LogLevel level, std::string_view line) noexcept {
    ::syslog(syslog_priority(level), "%.*s", static_cast<int>(line.size()), line.data());
}

void write_to_stderr(std::string_view text) noexcept { write_whole(STDERR_FILENO, text); }

bool append_to_file(const char* path, std::string_view text) noexcept {
    const int file = ::open(path, O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC, 0644);
    if (file < 0) {
        return false;
    }
    write_whole(file, text);
    ::close(file);
    return true;
}

}  // namespace os
}  // namespace bgworkers
