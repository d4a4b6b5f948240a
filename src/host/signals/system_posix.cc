#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif

#include "host/signals/system.h"

namespace bgworkers {
namespace signals {

const int kTerm = SIGTERM, kInt = SIGINT, kQuit = SIGQUIT, kAlarm = SIGALRM, kKill = SIGKILL;
const int kBlock = SIG_BLOCK, kUnblock = SIG_UNBLOCK, kSetMask = SIG_SETMASK;
const zend_long kAnyChild = P_ALL;
const zend_long kHasExited = WEXITED;
#ifdef __WNOTHREAD
const zend_long kOwnChildren = __WNOTHREAD;
#else
const zend_long kOwnChildren = 0;
#endif

DefaultAction default_action(int signal) noexcept {
    switch (signal) {
        case SIGCHLD:
        case SIGCONT:
        case SIGURG:
        case SIGWINCH: return DefaultAction::none;
        case SIGSTOP:
        case SIGTSTP:
        case SIGTTIN:
        case SIGTTOU: return DefaultAction::stop_process;
        default: return DefaultAction::end_process;
    }
}

bool is_catchable(int signal) noexcept {
    if (signal == SIGKILL || signal == SIGSTOP) {
        return false;
    }
#ifdef SIGRTMIN
    // The numbers in between are libc's own, for its threads.
    return signal <= SIGSYS || signal >= SIGRTMIN;
#else
    return true;
#endif
}

SignalSet all_blockable() noexcept {
    SignalSet set;
    for (int signal = 1; signal <= kMaxSignal; ++signal) {
        set.put(signal, is_catchable(signal));
    }
    return set;
}

bool is_queued([[maybe_unused]] int signal) noexcept {
#ifdef SIGRTMIN
    return signal >= SIGRTMIN;
#else
    return false;
#endif
}

const char* name(int signal) noexcept {
    static constexpr struct {
        int signal;
        const char* name;
    } kNames[] = {
        {SIGHUP, "SIGHUP"},       {SIGINT, "SIGINT"},   {SIGQUIT, "SIGQUIT"}, {SIGILL, "SIGILL"},
        {SIGTRAP, "SIGTRAP"},     {SIGABRT, "SIGABRT"}, {SIGBUS, "SIGBUS"},   {SIGFPE, "SIGFPE"},
        {SIGKILL, "SIGKILL"},     {SIGUSR1, "SIGUSR1"}, {SIGSEGV, "SIGSEGV"}, {SIGUSR2, "SIGUSR2"},
        {SIGPIPE, "SIGPIPE"},     {SIGALRM, "SIGALRM"}, {SIGTERM, "SIGTERM"}, {SIGXCPU, "SIGXCPU"},
        {SIGXFSZ, "SIGXFSZ"},     {SIGPROF, "SIGPROF"}, {SIGSYS, "SIGSYS"},   {SIGSTOP, "SIGSTOP"},
        {SIGVTALRM, "SIGVTALRM"}, {SIGTSTP, "SIGTSTP"}, {SIGTTIN, "SIGTTIN"}, {SIGTTOU, "SIGTTOU"},
    };
    for (const auto& one : kNames) {
        if (one.signal == signal) {
            return one.name;
        }
    }
    return nullptr;
}

bool is_this_process(zend_long number) noexcept {
    const pid_t pid = static_cast<pid_t>(number);
    // 0 and a negative number mean groups: this process is in some of them.
    if (pid == 0 || pid == -1 || pid == ::getpid() || pid == -::getpgrp()) {
        return true;
    }
#ifdef SYS_tgkill
    // kill(2) also takes the number of a thread, and means its process.
    return pid > 0 && ::syscall(SYS_tgkill, ::getpid(), pid, 0) == 0;
#else
    return false;
#endif
}

void describe(int signal, SignalSender sender, zval* info) {
    info = zend_try_array_init(info);
    if (info == nullptr) {
        return;
    }
    siginfo_t sent{};
    sent.si_signo = signal;
    if (sender == SignalSender::alarm) {
#ifdef SI_KERNEL
        // As of alarm(2): nobody has sent it.
        sent.si_code = SI_KERNEL;
#endif
    } else {
        sent.si_code = SI_USER;
        sent.si_pid = ::getpid();
        sent.si_uid = ::getuid();
    }
    add_assoc_long(info, "signo", sent.si_signo);
    add_assoc_long(info, "errno", sent.si_errno);
    add_assoc_long(info, "code", sent.si_code);
    if (signal == SIGCHLD) {
        add_assoc_long(info, "status", sent.si_status);
#ifdef si_utime
        add_assoc_double(info, "utime", static_cast<double>(sent.si_utime));
        add_assoc_double(info, "stime", static_cast<double>(sent.si_stime));
#endif
    }
    if (signal == SIGCHLD || signal == SIGUSR1 || signal == SIGUSR2 || is_queued(signal)) {
        add_assoc_long(info, "pid", sent.si_pid);
        add_assoc_long(info, "uid", sent.si_uid);
    } else if (signal == SIGILL || signal == SIGFPE || signal == SIGSEGV || signal == SIGBUS) {
        add_assoc_double(info, "addr", static_cast<double>(reinterpret_cast<intptr_t>(sent.si_addr)));
#ifdef SIGPOLL
    } else if (signal == SIGPOLL) {
        add_assoc_long(info, "band", sent.si_band);
#ifdef si_fd
        add_assoc_long(info, "fd", sent.si_fd);
#endif
#endif
    }
}

}  // namespace signals
}  // namespace bgworkers
