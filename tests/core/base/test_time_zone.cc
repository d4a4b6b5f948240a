#include "core/base/time_zone.h"

#include <catch2/catch_test_macros.hpp>

using namespace bgworkers;

namespace {

constexpr int64_t kMilliseconds = 1'000'000;
constexpr int64_t kSeconds = 1'000'000'000;

// The two changes of 2026: 29 March and 25 October, 01:00 UTC.
const TimeZone berlin{"Europe/Berlin", 3600, {{1774746000, 7200}, {1792890000, 3600}}};

}  // namespace

TEST_CASE("times are shown with milliseconds, that are cut and not rounded", "[time_zone]") {
    const int64_t time = 1795772281 * kSeconds + 999 * kMilliseconds + 999'999;
    CHECK(log_time(TimeZone{}, time) == "27-Nov-2026 09:38:01.999 UTC");
    CHECK(json_time(TimeZone{}, time) == "2026-11-27T09:38:01.999+00:00");
    CHECK(log_time(TimeZone{}, 0) == "01-Jan-1970 00:00:00.000 UTC");
}

TEST_CASE("times are shown in the zone, on both sides of a change", "[time_zone]") {
    CHECK(json_time(berlin, 1774745999 * kSeconds) == "2026-03-29T01:59:59.000+01:00");
    CHECK(json_time(berlin, 1774746000 * kSeconds) == "2026-03-29T03:00:00.000+02:00");
    CHECK(json_time(berlin, 1792889999 * kSeconds) == "2026-10-25T02:59:59.000+02:00");
    CHECK(json_time(berlin, 1792890000 * kSeconds) == "2026-10-25T02:00:00.000+01:00");
    CHECK(log_time(berlin, 1792890000 * kSeconds) == "25-Oct-2026 02:00:00.000 Europe/Berlin");
}

TEST_CASE("a zone west of Greenwich, with half an hour, may be in the year before", "[time_zone]") {
    const TimeZone west{"America/St_Johns", -12600, {}};
    CHECK(json_time(west, 1767225600 * kSeconds) == "2025-12-31T20:30:00.000-03:30");
    CHECK(log_time(west, 1767225600 * kSeconds) == "31-Dec-2025 20:30:00.000 America/St_Johns");
}
