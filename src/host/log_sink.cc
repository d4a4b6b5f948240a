#include "host/log_sink.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string>

#include "host/os.h"

namespace bgworkers {

namespace {

// Constant-initialised and never destroyed: workers may log until the very end of the process.
constinit HostLogSink sink;

// As PHP stamps its error_log. Not through localtime(): that takes a libc lock which a forked child may find held.
std::string stamp() {
    using namespace std::chrono;
    const auto now = floor<seconds>(system_clock::now());
    const auto day = floor<days>(now);
    const year_month_day date{day};
    const hh_mm_ss time{now - day};
    constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    char text[64];
    std::snprintf(text, sizeof(text), "[%02u-%s-%04d %02d:%02d:%02d UTC] ", static_cast<unsigned>(date.day()),
                  kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                  static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                  static_cast<int>(time.seconds().count()));
    return text;
}

}  // namespace

HostLogSink& log_sink() noexcept { return sink; }

void HostLogSink::resolve(const char* error_log) noexcept {
    const char* wanted = error_log == nullptr ? "" : error_log;
    const char* present = target_.load(std::memory_order_acquire);
    if (std::strcmp(wanted, present == nullptr ? "" : present) != 0) {
        target_.store(::strdup(wanted), std::memory_order_release);
    }
}

void HostLogSink::write(LogLevel level, std::string_view line) noexcept {
    if (level >= least_.load(std::memory_order_relaxed)) {
        put(level, line);
    }
}

std::string HostLogSink::file() const {
    const char* target = target_.load(std::memory_order_acquire);
    return target == nullptr || std::strcmp(target, "syslog") == 0 ? "" : target;
}

void HostLogSink::put(LogLevel level, std::string_view line) noexcept {
    const char* target = target_.load(std::memory_order_acquire);
    if (target != nullptr && std::strcmp(target, "syslog") == 0) {
        os::write_to_syslog(level, line);
        return;
    }
    try {
        const bool to_file = target != nullptr && target[0] != '\0';
        std::string text = to_file ? stamp() : std::string();
        text.append(line).push_back('\n');
        if (!to_file || !os::append_to_file(target, text)) {
            os::write_to_stderr(text);
        }
    } catch (const std::bad_alloc&) {
        os::write_to_stderr(line);
    }
}

}  // namespace bgworkers
