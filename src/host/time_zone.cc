#include "host/time_zone.h"

#include <ctime>
#include <new>

#include "host/php.h"

extern "C" {
#include "ext/date/php_date.h"
}

namespace bgworkers {

namespace {

constexpr time_t kStep = 7 * 86400;  // no zone changes twice within one
constexpr int kSteps = 5 * 52;       // five years; from then on the last offset holds
constexpr int kMostChanges = 32;

// The last argument asks for UTC, whatever its name in the header.
int offset_of(time_t when) {
#if PHP_VERSION_ID >= 80600
    int offset = 0;
    php_idate('Z', when, false, &offset);
    return offset;
#else
    return php_idate('Z', when, false);
#endif
}

// The second from which on the offset is that of `later`.
time_t change_between(time_t earlier, time_t later) {
    const int before = offset_of(earlier);
    while (later - earlier > 1) {
        const time_t middle = earlier + (later - earlier) / 2;
        (offset_of(middle) == before ? earlier : later) = middle;
    }
    return later;
}

TimeZone* make_zone(const char* name, int offset, const TimeZone::Change* changes, int count) noexcept try {
    return new TimeZone{name, offset, {changes, changes + count}};
} catch (const std::bad_alloc&) {
    return nullptr;
}

}  // namespace

// What calls the engine owns nothing with a destructor.
TimeZone* time_zone_of_php() noexcept {
    const char* setting = zend_ini_string("date.timezone", sizeof("date.timezone") - 1, 0);
    if (setting == nullptr || setting[0] == '\0' || strcmp(setting, "UTC") == 0) {
        return nullptr;
    }
    const time_t begin = time(nullptr);
    const int first = offset_of(begin);
    TimeZone::Change changes[kMostChanges];
    int count = 0;
    int present = first;
    for (int step = 0; step < kSteps && count < kMostChanges; ++step) {
        const time_t earlier = begin + step * kStep;
        const int next = offset_of(earlier + kStep);
        if (next != present) {
            changes[count++] = {static_cast<int64_t>(change_between(earlier, earlier + kStep)), next};
            present = next;
        }
    }
    // As PHP stamps its lines: the zone's name, which unlike an abbreviation does not change with the season.
    zend_string* name = php_format_date("e", 1, begin, true);
    TimeZone* zone = make_zone(ZSTR_VAL(name), first, changes, count);
    zend_string_release(name);
    return zone;
}

}  // namespace bgworkers
