#include "core/base/time_zone.h"

#include <chrono>
#include <cstdio>

namespace bgworkers {

namespace {

struct Local {
    int year, month, day, hour, minute, second, millisecond;
    int offset;
};

Local local(const TimeZone& zone, int64_t unix_time) {
    using namespace std::chrono;
    const milliseconds utc = floor<milliseconds>(nanoseconds(unix_time));
    const int offset = zone.offset_at(floor<seconds>(utc).count());
    const milliseconds shown = utc + seconds(offset);
    const days day = floor<days>(shown);
    const year_month_day date{sys_days(day)};
    const hh_mm_ss<milliseconds> time{shown - day};
    return {static_cast<int>(date.year()),
            static_cast<int>(static_cast<unsigned>(date.month())),
            static_cast<int>(static_cast<unsigned>(date.day())),
            static_cast<int>(time.hours().count()),
            static_cast<int>(time.minutes().count()),
            static_cast<int>(time.seconds().count()),
            static_cast<int>(time.subseconds().count()),
            offset};
}

}  // namespace

int TimeZone::offset_at(int64_t unix_seconds) const noexcept {
    int found = offset;
    for (const Change& change : changes) {
        if (change.from > unix_seconds) {
            break;
        }
        found = change.offset;
    }
    return found;
}

std::string log_time(const TimeZone& zone, int64_t unix_time) {
    // Not strftime(), whose names follow the locale.
    constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const Local at = local(zone, unix_time);
    char text[96];
    std::snprintf(text, sizeof(text), "%02d-%s-%04d %02d:%02d:%02d.%03d ", at.day, kMonths[at.month - 1], at.year,
                  at.hour, at.minute, at.second, at.millisecond);
    return text + zone.name;
}

std::string json_time(const TimeZone& zone, int64_t unix_time) {
    const Local at = local(zone, unix_time);
    // The sign is written apart, since the hours of -00:30 are 0.
    const int minutes = (at.offset < 0 ? -at.offset : at.offset) / 60;
    char text[96];
    std::snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d.%03d%c%02d:%02d", at.year, at.month, at.day,
                  at.hour, at.minute, at.second, at.millisecond, at.offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
    return text;
}

}  // namespace bgworkers
