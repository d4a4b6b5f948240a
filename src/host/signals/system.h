// What the signals of a run need to know of the system's: system_posix.cc, system_windows.cc.
//
// Pure but for describe(), which makes values of the engine and may bail out, and is_this_process(), which asks the
// system. Any thread.
#pragma once

#include "host/php.h"
#include "host/signals/signal_set.h"

namespace bgworkers {

// Who sent it; this is what a handler's second argument is made of.
enum class SignalSender : uint8_t { run, alarm, stop };

namespace signals {

extern const int kTerm, kInt, kQuit, kAlarm, kKill;
extern const int kBlock, kUnblock, kSetMask;  // as sigprocmask(2) has them

enum class DefaultAction { none, stop_process, end_process };
DefaultAction default_action(int signal) noexcept;

// May it be caught, ignored, blocked? Not SIGKILL, SIGSTOP and those that libc keeps for itself.
bool is_catchable(int signal) noexcept;
SignalSet all_blockable() noexcept;

// Realtime signals queue, others are pending once.
bool is_queued(int signal) noexcept;

// "SIGTERM"; nullptr if it has no name.
const char* name(int signal) noexcept;

// Would kill(2) of this pid reach the present process, or one of its threads?
bool is_this_process(zend_long pid) noexcept;

// *info, by reference, becomes the array that pcntl makes of a siginfo_t.
void describe(int signal, SignalSender sender, zval* info);

// For wait4(2) and waitid(2): children of the calling thread alone. 0 where the system cannot tell them apart.
extern const zend_long kOwnChildren;
extern const zend_long kAnyChild;  // waitid's first argument
extern const zend_long kHasExited;

}  // namespace signals
}  // namespace bgworkers
