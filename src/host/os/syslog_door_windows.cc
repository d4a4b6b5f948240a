// Compiled for Windows, not yet run there.
#include "host/os/syslog_door.h"

#include <windows.h>
#include <new>
#include <string>

#include "host/os/files.h"

namespace bgworkers {
namespace os {

// There is no fork, and the event log has a handle for each caller.
void enter_syslog() noexcept {}
void leave_syslog() noexcept {}
void close_syslog_for_fork() noexcept {}
void open_syslog_in_parent() noexcept {}
void open_syslog_in_child() noexcept {}

// The event log, under the name that PHP's own messages have there.
void write_to_syslog(SyslogName, LogLevel level, std::string_view line) noexcept try {
    const HANDLE source = RegisterEventSourceA(nullptr, "PHP");
    if (source != nullptr) {
        const WORD type = level == LogLevel::error     ? EVENTLOG_ERROR_TYPE
                          : level == LogLevel::warning ? EVENTLOG_WARNING_TYPE
                                                       : EVENTLOG_INFORMATION_TYPE;
        const std::string text(line);
        const char* strings[] = {text.c_str()};
        ReportEventA(source, type, 0, 1, nullptr, 1, 0, strings, nullptr);
        DeregisterEventSource(source);
    }
} catch (const std::bad_alloc&) {
    write_to_stderr(line);
}

// PHP's own priorities on Windows (win32/syslog.h).
void write_to_syslog(SyslogName name, int priority, std::string_view lines) noexcept {
    constexpr int kError = 4, kWarning = 5;
    const LogLevel level = priority <= kError     ? LogLevel::error
                           : priority == kWarning ? LogLevel::warning
                                                  : LogLevel::notice;
    write_to_syslog(name, level, lines);
}

}  // namespace os
}  // namespace bgworkers
