// Small words that both halves of the supervisor use. Internal to them.
#pragma once

#include <uv.h>

#include <new>
#include <string>
#include <string_view>

#include "core/os/clock.h"
#include "core/workers/instance_events.h"

namespace bgworkers {

inline double seconds_since(uint64_t hrtime) { return static_cast<double>(uv_hrtime() - hrtime) / 1e9; }

inline double unix_seconds(const ClockLook& now) { return static_cast<double>(now.unix_time) / kNanosecondsPerSecond; }

// A run is under way that was not asked to stop.
inline bool is_bound(WorkerState state) { return state == WorkerState::starting || state == WorkerState::running; }

inline bool is_between_runs(WorkerState state) {
    return state == WorkerState::backoff || state == WorkerState::waiting;
}

// Between two runs, or it has given up.
inline bool is_at_rest(WorkerState state) { return is_between_runs(state) || state == WorkerState::failed; }

// "" also for want of memory.
inline std::string last_seen(WorkerThread& thread) noexcept {
    try {
        return thread.last_seen();
    } catch (const std::bad_alloc&) {
        return {};
    }
}

}  // namespace bgworkers
