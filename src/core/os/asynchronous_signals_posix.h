// Which signals are kept from our threads. A pure function: any thread, also between fork and exec.
#pragma once

#include <signal.h>

#include <initializer_list>

namespace bgworkers {

// All signals but the faults, which a thread causes itself and which must end the process.
inline sigset_t asynchronous_signals() noexcept {
    sigset_t set;
    sigfillset(&set);
    for (int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS}) {
        sigdelset(&set, fault);
    }
    return set;
}

}  // namespace bgworkers
