#include "host/log_sink.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string>

#include "core/os/path.h"
#include "host/os/files.h"
#include "host/os/syslog_door.h"

namespace bgworkers {

namespace {

// Constant-initialised and never destroyed: workers may log until the very end of the process.
constinit HostLogSink sink;

// Names of descriptors, not of files: what lies behind them may be a script's by now (os/files.h, keep_outputs()).
constexpr const char* kErrorPaths[] = {"/dev/stderr", "/dev/fd/2", "/proc/self/fd/2"};
constexpr const char* kOutputPaths[] = {"/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"};

bool is_one_of(const char* path, const char* const (&paths)[3]) {
    return std::any_of(std::begin(paths), std::end(paths),
                       [&](const char* each) { return std::strcmp(path, each) == 0; });
}

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

namespace {

void store_text(std::atomic<const char*>* place, const char* text) noexcept {
    const char* present = place->load(std::memory_order_acquire);
    if (std::strcmp(text, present == nullptr ? "" : present) != 0) {
        place->store(::strdup(text), std::memory_order_release);
    }
}

}  // namespace

void HostLogSink::resolve(const char* error_log, const char* directory) noexcept try {
    std::string wanted = error_log == nullptr ? "" : error_log;
    const bool is_file = !wanted.empty() && wanted != "syslog";
    if (is_file && !is_absolute_path(wanted) && directory != nullptr) {
        wanted = std::string(directory) + "/" + wanted;
    }
    store_text(&target_, wanted.c_str());
} catch (const std::bad_alloc&) {
}

void HostLogSink::set_syslog_name(const char* ident, int facility) noexcept {
    store_text(&ident_, ident == nullptr ? "" : ident);
    facility_.store(facility, std::memory_order_relaxed);
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
        const char* ident = ident_.load(std::memory_order_acquire);
        os::write_to_syslog({ident == nullptr || ident[0] == '\0' ? nullptr : ident, facility_.load()}, level, line);
        return;
    }
    try {
        const bool to_file = target != nullptr && target[0] != '\0';
        std::string text = to_file ? stamp() : std::string();
        text.append(line).push_back('\n');
        if (!to_file || is_one_of(target, kErrorPaths)) {
            os::write_to_stderr(text);
        } else if (is_one_of(target, kOutputPaths)) {
            os::write_to_host(os::HostOutput::out, text);
        } else if (!os::append_to_file(target, file_mode_.load(), text)) {
            os::write_to_stderr(text);
        }
    } catch (const std::bad_alloc&) {
        os::write_to_stderr(line);
    }
}

}  // namespace bgworkers
