// Named places where a test may stop a thread, so that an interleaving is forced and not hoped for.
//
// Nothing at all unless BGWORKERS_SYNC_POINTS is defined, which only the build of the core's tests does; they define
// the function (tests/core/support/sync_points.h). A thread that nobody waits for passes at the cost of one load.
#pragma once

#ifdef BGWORKERS_SYNC_POINTS
namespace bgworkers {
void sync_point_reached(const char* name) noexcept;
}
#define BGW_SYNC_POINT(name) ::bgworkers::sync_point_reached(name)
#else
#define BGW_SYNC_POINT(name) static_cast<void>(0)
#endif
