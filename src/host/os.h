// What the host needs of the operating system: os_posix.cc, os_windows.cc.
//
// Signals of the process never reach a worker's thread. Two real-time signals are ours: one makes a blocking system
// call of a worker return, the other only those that return although a handler was installed with SA_RESTART. Windows
// has no such signals and no fork; there a blocking call is cancelled.
//
// Fork: the handler stays; the child has no worker that it could concern.
#pragma once

#include <uv.h>

#include <string>
#include <string_view>
#include <vector>

#include "core/base/log.h"

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
// Between the two a worker's thread has that mask; `ours` keeps its own. A bailout between them has to be caught.
struct SignalMask {
    alignas(8) unsigned char bytes[128];
};
void open_signal_mask(SignalMask* ours) noexcept;
void close_signal_mask(const SignalMask& ours) noexcept;
// That mask, for a child that is given one without opening it here: as long as it is open, a signal of the process may
// be delivered to this thread, where the host's handlers do not belong.
void host_signal_mask(SignalMask* mask) noexcept;

// From the first on our signals wait for the second, which lets them in while it waits for one, at most so long; where
// there are none, it waits for some milliseconds. close_signal_mask() ends it. A worker's thread.
void hold_interrupts(SignalMask* before) noexcept;
void wait_for_interrupt(const SignalMask& before, double seconds) noexcept;

// For all forks of the process from here on. false: the handlers could not be installed.
bool handle_forks(void (*before)(), void (*in_parent)(), void (*in_child)()) noexcept;

// The path without links, from malloc; nullptr and errno if there is no such file. Any thread.
char* resolve_path(const char* path) noexcept;

// libc guards syslog(3) by a lock of its own, and a fork copies it as it is: a child of a process in which another
// thread is just logging would hang in its first syslog(). So every call that a thread of ours makes lies between these
// two, and the fork handlers close the door. They nest on one thread. A bailout between them has to be caught.
void enter_syslog() noexcept;
void leave_syslog() noexcept;
// A daemon that does not read makes syslog(3) wait for ever: after kForkPatienceMs the fork goes on without the door,
// and our own lines in that child go to stderr.
constexpr int kForkPatienceMs = 500;
void close_syslog_for_fork() noexcept;
void open_syslog_in_parent() noexcept;
void open_syslog_in_child() noexcept;
// The process's variables, each "NAME=value", copied under PHP's lock for them. Not on threads that PHP does not know.
// false: out of memory, or they cannot be found.
bool copy_environment(std::vector<std::string>* entries) noexcept;

// The process's mask for new files, without changing it: umask(2) can only be read by setting it, and for a moment
// every file of the process would be made with another mode. Where the system does not tell, that is what happens.
int file_mode_mask() noexcept;

// Descriptors that children do not inherit, none of the low three (core/os/low_descriptors.h). -1, or false, and errno:
// there is none. Reading does not wait: -1 where nothing is there, 0 at the end. On Windows there are no pipes for us.
bool open_pipe(int* reader, int* writer) noexcept;
long read_pipe(int reader, char* bytes, size_t room) noexcept;
int open_null() noexcept;
int duplicate(int descriptor) noexcept;
void close_descriptor(int descriptor) noexcept;

// A new file that only this user can read. path: the directory, afterwards the file. false and errno: there is none.
bool write_private_file(char* path, size_t room, std::string_view text) noexcept;
void remove_file(const char* path) noexcept;
void copy_file(const char* path, void (*take)(std::string_view bytes)) noexcept;

// Who logs, as in PHP's settings syslog.ident and syslog.facility.
struct SyslogName {
    const char* ident;  // nullptr: libc's own choice
    int facility;
};

// The log's lines, each written as a whole. Any thread, also one that PHP does not know.
void write_to_syslog(SyslogName name, LogLevel level, std::string_view line) noexcept;
// The same for PHP's messages, which have syslog's priorities and may have several lines.
void write_to_syslog(SyslogName name, int priority, std::string_view lines) noexcept;
// The process's stdout and stderr as they are now are where lines go from here on, whatever becomes of the descriptors:
// a script may close STDERR, and the next file that it opens has that number. By the first request; before, and if
// there is no descriptor left, it is whatever has the number.
void keep_outputs() noexcept;
enum class HostOutput { out, error };
void write_to_host(HostOutput which, std::string_view text) noexcept;
inline void write_to_stderr(std::string_view text) noexcept { write_to_host(HostOutput::error, text); }
bool append_to_file(const char* path, int mode, std::string_view text) noexcept;  // false: it cannot be opened

}  // namespace os
}  // namespace bgworkers
