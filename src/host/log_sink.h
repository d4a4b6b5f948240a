// Where bgworkers' lines go: the file of error_log, syslog, or the process's stderr.
//
// Needs no TSRM and no PHP: the supervisor's thread has none. Resolved at module start from php.ini and again
// at the first request of the process (an FPM pool may name another file). A line is one write() to a
// descriptor opened for appending, so lines of several threads and processes never mix and no lock is held.
//
// Threads: write from any; resolve() by the first request. Fork: nothing to do.
#pragma once

#include <atomic>
#include <string_view>

#include "core/base/log.h"

namespace bgworkers {

class HostLogSink final : public LogSink {
public:
    // error_log: PHP's setting; nullptr or "" = stderr, "syslog" = syslog, else a file. Kept for the process's life.
    // directory: what a relative one is relative to; nullptr: the process's.
    void resolve(const char* error_log, const char* directory) noexcept;
    // As in error_log_mode, syslog.ident and syslog.facility. ident: nullptr = libc's choice.
    void set_file_mode(int mode) noexcept { file_mode_.store(mode, std::memory_order_relaxed); }
    void set_syslog_name(const char* ident, int facility) noexcept;
    void set_level(LogLevel least) noexcept { least_.store(least, std::memory_order_relaxed); }

    void write(LogLevel level, std::string_view line) noexcept override;
    std::string file() const override;
    // What workers print: whatever the level.
    void write_always(std::string_view line) noexcept { put(LogLevel::notice, line); }

private:
    void put(LogLevel level, std::string_view line) noexcept;

    std::atomic<const char*> target_{nullptr};  // strdup'ed, never freed: a writer may be reading it
    std::atomic<int> file_mode_{0644};
    std::atomic<const char*> ident_{nullptr};  // strdup'ed, never freed
    std::atomic<int> facility_{0};
    std::atomic<LogLevel> least_{LogLevel::notice};
};

// The process's one sink.
HostLogSink& log_sink() noexcept;

}  // namespace bgworkers
