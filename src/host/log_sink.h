// Where bgworkers' lines go: the file of error_log, syslog, or the process's stderr.
//
//   [26-Nov-2026 09:38:01.250 UTC] bgworkers[4711]: level=notice worker=clock event=started ...   (the stamp in files)
//   {"time":"2026-11-26T09:38:01.250+00:00","pid":4711,"level":"notice","worker":"clock",...}
//
// Needs no TSRM and no PHP: the supervisor's thread has none. Resolved at module start from php.ini and again
// at the first request of the process (an FPM pool may name another file). A line is one write() to a
// descriptor opened for appending, so lines of several threads and processes never mix and no lock is held.
//
// A file that cannot be written: lines go to stderr meanwhile, which leads nowhere in many hosts. So whoever may call
// PHP tells it, once, where PHP's own messages go (take_untold_defect()), and status() tells it as long as it lasts.
//
// Threads: write and what tells of the file any; the rest by the first request. Fork: nothing to do.
#pragma once

#include <atomic>
#include <string>
#include <string_view>

#include "core/base/log.h"
#include "core/base/time_zone.h"

namespace bgworkers {

class HostLogSink final : public LogSink {
public:
    // error_log: PHP's setting; nullptr or "" = stderr, "syslog" = syslog, else a file. Kept for the process's life.
    // directory: what a relative one is relative to; nullptr: the process's.
    void resolve(const char* error_log, const char* directory) noexcept;
    // As in error_log_mode, syslog.ident and syslog.facility. ident: nullptr = libc's choice.
    void set_file_mode(int mode) noexcept { file_mode_.store(mode, std::memory_order_relaxed); }
    void set_syslog_name(const char* ident, int facility) noexcept;
    // Takes it. The first one counts, for the process's life: any thread may be writing with it. nullptr: none.
    void set_time_zone(TimeZone* zone) noexcept {
        const TimeZone* none = nullptr;
        if (!zone_.compare_exchange_strong(none, zone)) {
            delete zone;
        }
    }
    bool has_time_zone() const noexcept { return zone_.load(std::memory_order_relaxed) != nullptr; }
    void set_level(LogLevel least) noexcept { least_.store(least, std::memory_order_relaxed); }

    void write(LogLevel level, std::string_view line) noexcept override;
    bool takes(LogLevel level) const noexcept override { return level >= least_.load(std::memory_order_relaxed); }
    std::string file() const override;
    // What workers print: whatever the level.
    void write_always(std::string_view line) noexcept { put(LogLevel::notice, line); }

    // Why the file could not be written when that was tried last, "FILE: cause"; "" if it could. Throws std::bad_alloc
    // at the most.
    std::string defect() const;
    // The same, cut, into memory of the caller, for those who call the engine with it. False: there is none.
    bool describe_defect(char* text, size_t room) const noexcept;
    // Is there one that nobody has told yet? Once it is taken somebody has.
    bool has_untold_defect() const noexcept {
        return error_.load(std::memory_order_relaxed) != 0 && !told_.load(std::memory_order_relaxed);
    }
    bool take_untold_defect() noexcept { return has_untold_defect() && !told_.exchange(true); }

private:
    void put(LogLevel level, std::string_view line) noexcept;
    std::string framed(std::string_view line, bool stamped) const;
    void note_outcome(int error) noexcept;

    std::atomic<const char*> target_{nullptr};  // strdup'ed, never freed: a writer may be reading it
    std::atomic<int> file_mode_{0644};
    std::atomic<const char*> ident_{nullptr};  // strdup'ed, never freed
    std::atomic<int> facility_{0};
    std::atomic<LogLevel> least_{LogLevel::notice};
    std::atomic<const TimeZone*> zone_{nullptr};  // nullptr: UTC. Never freed
    std::atomic<int> error_{0};  // the system's, of the last write to the file; 0: it went well
    std::atomic<bool> told_{false};  // of this defect
};

// The process's one sink.
HostLogSink& log_sink() noexcept;

}  // namespace bgworkers
