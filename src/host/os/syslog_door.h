// syslog(3) in a process that forks.
//
// libc guards it by a lock of its own, and a fork copies that as it is: a child of a process in which another thread is
// just logging would hang in its first syslog(). So every call that a thread of ours makes lies between enter_syslog()
// and leave_syslog(), and the fork handlers close that door. Windows has no fork.
#pragma once

#include <string_view>

#include "core/base/log.h"

namespace bgworkers {
namespace os {

// They nest on one thread. A bailout between them has to be caught.
void enter_syslog() noexcept;
void leave_syslog() noexcept;
// A daemon that does not read makes syslog(3) wait for ever: after kForkPatienceMs the fork goes on without the door,
// and our own lines in that child go to stderr.
constexpr int kForkPatienceMs = 500;
void close_syslog_for_fork() noexcept;
void open_syslog_in_parent() noexcept;
void open_syslog_in_child() noexcept;

// Who logs, as in PHP's settings syslog.ident and syslog.facility.
struct SyslogName {
    const char* ident;  // nullptr: libc's own choice
    int facility;
};

// The log's lines, each written as a whole. Any thread, also one that PHP does not know.
void write_to_syslog(SyslogName name, LogLevel level, std::string_view line) noexcept;
// The same for PHP's messages, which have syslog's priorities and may have several lines.
void write_to_syslog(SyslogName name, int priority, std::string_view lines) noexcept;

}  // namespace os
}  // namespace bgworkers
