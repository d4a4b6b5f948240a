// The time zone of the host, for the log: the one in which PHP stamps its own lines of error_log (date.timezone).
#pragma once

#include "core/base/time_zone.h"

namespace bgworkers {

// As the present request's settings have it, for the next years. nullptr: UTC, or no memory. A thread of PHP, at the
// beginning of a request, before any script can choose another zone. Calls the engine, so nothing is locked meanwhile.
TimeZone* time_zone_of_php() noexcept;

}  // namespace bgworkers
