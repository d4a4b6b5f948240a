#include "host/log_sink.h"

#include <uv.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string>

#include "core/os/clock.h"
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

}  // namespace

HostLogSink& log_sink() noexcept { return sink; }

namespace {

void store_text(std::atomic<const char*>* place, const char* text) noexcept {
    const char* present = place->load(std::memory_order_acquire);
    if (std::strcmp(text, present == nullptr ? "" : present) != 0) {
        // The old text is leaked: another thread may be writing with it. It changes a few times in a process.
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
    if (takes(level)) {
        put(level, line);
    }
}

std::string HostLogSink::file() const {
    const char* target = target_.load(std::memory_order_acquire);
    return target == nullptr || std::strcmp(target, "syslog") == 0 ? "" : target;
}

std::string HostLogSink::defect() const {
    const int error = error_.load(std::memory_order_relaxed);
    return error == 0 ? "" : file() + ": " + uv_strerror(uv_translate_sys_error(error));
}

bool HostLogSink::describe_defect(char* text, size_t room) const noexcept try {
    const std::string found = defect();
    snprintf(text, room, "%s", found.c_str());
    return !found.empty();
} catch (const std::bad_alloc&) {
    return false;
}

void HostLogSink::note_outcome(int error) noexcept {
    if (error_.load(std::memory_order_relaxed) == error) {
        return;
    }
    error_.store(error, std::memory_order_relaxed);
    // A defect that only changes its reason has been told of; one that comes back after a good line has not.
    if (error == 0) {
        told_.store(false, std::memory_order_relaxed);
    }
}

std::string HostLogSink::framed(std::string_view line, bool stamped) const {
    const TimeZone utc;
    const TimeZone* known = zone_.load(std::memory_order_acquire);
    const TimeZone& zone = known == nullptr ? utc : *known;
    // Asked for each line: a child of pcntl_fork() logs as well.
    const std::string pid = std::to_string(uv_os_getpid());
    std::string text;
    if (log_format() == LogFormat::json) {
        text = "{\"time\":\"" + json_time(zone, look_at_clock().unix_time) + "\",\"pid\":" + pid + ",";
        return text.append(line).append("}");
    }
    if (stamped) {
        text = "[" + log_time(zone, look_at_clock().unix_time) + "] ";
    }
    return text.append("bgworkers[").append(pid).append("]: ").append(line);
}

void HostLogSink::put(LogLevel level, std::string_view line) noexcept {
    const char* target = target_.load(std::memory_order_acquire);
    try {
        if (target != nullptr && std::strcmp(target, "syslog") == 0) {
            const char* ident = ident_.load(std::memory_order_acquire);
            // Without a stamp, for syslog has its own.
            os::write_to_syslog({ident == nullptr || ident[0] == '\0' ? nullptr : ident, facility_.load()}, level,
                                framed(line, false));
            return;
        }
        const bool to_file = target != nullptr && target[0] != '\0';
        const std::string text = framed(line, to_file) + "\n";
        if (!to_file || is_one_of(target, kErrorPaths)) {
            os::write_to_stderr(text);
        } else if (is_one_of(target, kOutputPaths)) {
            os::write_to_host(os::HostOutput::out, text);
        } else {
            // Opened for each line, as PHP does it: logrotate may have moved the file.
            const int error = os::append_to_file(target, file_mode_.load(), text);
            note_outcome(error);
            if (error != 0) {
                os::write_to_stderr(text);
            }
        }
    } catch (const std::bad_alloc&) {
        // Unframed is better than not at all.
        os::write_to_stderr(line);
    }
}

}  // namespace bgworkers
