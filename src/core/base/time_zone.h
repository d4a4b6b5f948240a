// The time as the log shows it: with milliseconds, in one zone.
//
// A zone is plain data, made once by a thread that can ask PHP: the lines are stamped by threads that cannot, and
// libc's localtime() takes a lock that a forked child may find held. Immutable afterwards; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bgworkers {

struct TimeZone {
    struct Change {
        int64_t from;  // Unix time, seconds
        int offset;    // seconds east of UTC, from then on
    };
    std::string name = "UTC";
    int offset = 0;               // before the first change
    std::vector<Change> changes;  // rising

    int offset_at(int64_t unix_seconds) const noexcept;
};

// unix_time: nanoseconds. Both throw std::bad_alloc at the most.
// As PHP stamps its error_log: "26-Nov-2026 09:38:01.250 Europe/Berlin".
std::string log_time(const TimeZone& zone, int64_t unix_time);
// As JSON has it (RFC 3339): "2026-11-26T09:38:01.250+01:00".
std::string json_time(const TimeZone& zone, int64_t unix_time);

}  // namespace bgworkers
